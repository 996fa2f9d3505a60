//! The settings as command line flags, made from the table.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use super::table::SETTINGS;

/// The settings that the command line gives, as text.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// The configuration file.
    pub file: Option<PathBuf>,
    /// Values by the name of the setting.
    pub values: BTreeMap<&'static str, String>,
}

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        let file = Arg::new("config")
            .long("config")
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .help("TOML file of settings, by the names of the flags [env: ORDER_STATUS_CONFIG]")
            .help_heading("Settings");
        SETTINGS.iter().fold(command.arg(file), |command, setting| {
            let default = match setting.default {
                "" => String::new(),
                text => format!(" [default: {text}]"),
            };
            let arg = Arg::new(setting.name)
                .long(setting.name)
                .help(format!(
                    "{} [env: {}]{default}",
                    setting.help,
                    setting.variable()
                ))
                .help_heading("Settings");
            command.arg(if setting.is_switch() {
                // `--insecure-bind` and `--insecure-bind=false` both work; the next word is never taken for a value.
                arg.action(ArgAction::Set)
                    .num_args(0..=1)
                    .require_equals(true)
                    .default_missing_value("true")
                    .value_name("BOOL")
            } else {
                arg.action(ArgAction::Set).value_name(setting.value)
            })
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Flags::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Flags, clap::Error> {
        let given = SETTINGS.iter().filter_map(|setting| {
            Some((
                setting.name,
                matches.get_one::<String>(setting.name)?.clone(),
            ))
        });
        Ok(Flags {
            file: matches.get_one::<PathBuf>("config").cloned(),
            values: given.collect(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Flags::from_arg_matches(matches)?;
        Ok(())
    }
}
