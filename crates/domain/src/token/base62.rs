//! Numbers as letters and digits, which pass every URL, shell and double click unharmed. As many digits as
//! are asked for, so that every number is written in one way only.

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A number, the most significant byte first, as that many digits; the number is used up.
pub(super) fn base62<const LEN: usize>(number: &mut [u8]) -> String {
    let mut digits = [b'0'; LEN];
    for digit in digits.iter_mut().rev() {
        let mut rest = 0;
        for byte in number.iter_mut() {
            let value = rest * 256 + u32::from(*byte);
            *byte = (value / 62) as u8;
            rest = value % 62;
        }
        *digit = DIGITS[rest as usize];
    }
    digits.into_iter().map(char::from).collect()
}

/// The number that such digits write; `None` for other characters, and for more than fits.
pub(super) fn number<const BYTES: usize>(digits: &str) -> Option<[u8; BYTES]> {
    let mut number = [0; BYTES];
    for digit in digits.bytes() {
        let mut carry = DIGITS.iter().position(|known| *known == digit)? as u32;
        for byte in number.iter_mut().rev() {
            let value = u32::from(*byte) * 62 + carry;
            *byte = (value % 256) as u8;
            carry = value / 256;
        }
        if carry != 0 {
            return None;
        }
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_too_large_or_no_digit_is_no_number() {
        assert_eq!(base62::<22>(&mut [255; 16]), "7n42DGM5Tflk9n8mt7Fhc7");
        assert_eq!(number("7n42DGM5Tflk9n8mt7Fhc7"), Some([255_u8; 16]));
        for wrong in ["7n42DGM5Tflk9n8mt7Fhc8", "zzzzzzzzzzzzzzzzzzzzzz", "000000000000000000000-", "耳"] {
            assert_eq!(number::<16>(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_number_is_written_in_one_way(bytes in any::<[u8; 16]>(), digits in "[0-9A-Za-z]{22}") {
            let written = base62::<22>(&mut bytes.clone());
            prop_assert_eq!(number(&written), Some(bytes));
            if let Some(mut read) = number::<16>(&digits) {
                prop_assert_eq!(base62::<22>(&mut read), digits);
            }
        }
    }
}
