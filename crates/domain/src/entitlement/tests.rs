mod asked;
mod reference;
mod scenarios;
mod stage;
