//! Merging: of texts here, of trees and whole histories on top.

pub mod text;
