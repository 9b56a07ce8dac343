use jpreprocess::*;
fn main() {
    let d = Dictionary::load_from_path_with_options(std::path::Path::new(&std::env::args().nth(1).unwrap()), true).unwrap();
    let j = JPreprocess::with_dictionaries(d, None);
    for t in std::env::args().skip(2) {
        let mut n = j.text_to_njd(&t).unwrap();
        println!("== {t}");
        for x in &n.nodes { println!("   {x}"); }
        n.preprocess();
        println!("  {}", n.nodes.iter().map(|x| format!("{}{}[{}]", if x.get_chain_flag()==Some(true){"+"}else{" "}, x.get_pron().to_pure_string(), x.get_pron().accent())).collect::<String>());
    }
}
