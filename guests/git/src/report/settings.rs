//! What the repository's settings say about how differences are shown.

use super::{Colors, Options};
use crate::changes::Detection;
use crate::diff::Algorithm;
use crate::failure::{Failure, Outcome};
use crate::repository::Config;

impl Options {
    /// The options that `diff`, `log` and `show` begin with.
    ///
    /// # Errors
    /// A setting that makes no sense.
    pub fn of(config: &Config) -> Outcome<Options> {
        let mut options = Options::basic(config)?;
        match config.get("diff.renames") {
            Some("copies" | "copy") => {
                options.renames = Some(Detection {
                    copies: true,
                    ..Detection::default()
                })
            }
            Some(_) if config.bool("diff.renames")? == Some(false) => options.renames = None,
            _ => {}
        }
        let count = |key: &str| {
            config
                .int(key)
                .map(|number| number.and_then(|number| usize::try_from(number).ok()))
        };
        if let (Some(limit), Some(renames)) = (count("diff.renamelimit")?, &mut options.renames) {
            renames.limit = limit;
        }
        options.context.lines = count("diff.context")?.unwrap_or(options.context.lines);
        options.context.between = count("diff.interhunkcontext")?.unwrap_or(0);
        if config.bool("diff.noprefix")? == Some(true) {
            (options.old_prefix, options.new_prefix) = (String::new(), String::new());
        } else if config.bool("diff.mnemonicprefix")? == Some(true) {
            options.mnemonic = true;
        }
        if let Some(name) = config.get("diff.algorithm") {
            options.comparison.algorithm = match name {
                "myers" | "default" => Algorithm::Myers,
                "minimal" => Algorithm::Minimal,
                "patience" => Algorithm::Patience,
                "histogram" => Algorithm::Histogram,
                _ => {
                    return Err(Failure::fatal(format!(
                        "unknown value for config 'diff.algorithm': {name}"
                    )));
                }
            };
        }
        options.comparison.no_indent = config.bool("diff.indentheuristic")? == Some(false);
        options.stat_name_width = count("diff.statnamewidth")?;
        options.stat_graph_width = count("diff.statgraphwidth")?;
        let color = config.get("color.diff").or_else(|| config.get("color.ui"));
        if color == Some("always") {
            options.colors = Colors::ALWAYS;
        }
        Ok(options)
    }

    /// As the plumbing commands begin: no renames, whole object names.
    ///
    /// # Errors
    /// A setting that makes no sense.
    pub fn plumbing(config: &Config) -> Outcome<Options> {
        let mut options = Options::basic(config)?;
        options.renames = None;
        options.renames_said = true;
        options.abbreviation = Some(40);
        Ok(options)
    }

    fn basic(config: &Config) -> Outcome<Options> {
        Ok(Options {
            quote_path: config.bool("core.quotepath")? != Some(false),
            ..Options::default()
        })
    }

    /// With `diff.mnemonicPrefix`: letters for the sides, such as `i/` and `w/`.
    pub fn name_sides(&mut self, old: &str, new: &str) {
        if self.mnemonic {
            (self.old_prefix, self.new_prefix) = (old.to_owned(), new.to_owned());
        }
    }
}
