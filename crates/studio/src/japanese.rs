//! The Japanese dictionary, shared by the voice (readings) and the extractive writer (words).
