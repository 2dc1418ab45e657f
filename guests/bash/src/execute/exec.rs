//! `exec`: becoming a program, or keeping redirections.

use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::text::Text;

impl Shell {
    /// What `exec` does: without words the redirections of the command stay; otherwise the shell becomes the program.
    /// `as_name` is what the program is told it is called (`-a`, `-l`); `clean` gives it no environment.
    pub fn exec(&mut self, words: &[Text], as_name: Option<Text>, clean: bool) -> Result {
        let Some(name) = words.first() else {
            self.keep_redirects = true;
            return Ok(0);
        };
        let path = match self.find_program(name) {
            Some(path) => path,
            None if name.contains('/') => self.absolute(name),
            None => {
                self.complain(format_args!("exec: {name}: not found"));
                return self.exec_failed(127);
            }
        };
        let shown = if name.contains('/') {
            self.absolute(name)
        } else {
            path.clone()
        };
        let name = &shown;
        let mut arguments = words.to_vec();
        if let (Some(first), Some(as_name)) = (arguments.first_mut(), as_name) {
            *first = as_name;
        }
        if self.in_process_subshell || self.state_file.is_some() {
            return self.exec_in_subshell(&path, name, &arguments, clean);
        }
        let environment = match clean {
            true => Vec::new(),
            false => self.exec_environment(&path),
        };
        let mut error = self.become_program(&path, &arguments, &environment);
        if error.raw_os_error() == Some(libc::ENOEXEC)
            && std::fs::read(&*path).is_ok_and(|bytes| !super::text::is_binary(&bytes))
        {
            let mut script: Vec<Text> = vec!["bash".into(), path.clone()];
            script.extend(arguments.iter().skip(1).cloned());
            let own_program = self.own_program();
            error = self.become_program(&own_program, &script, &environment);
        }
        let status = self.complain_of_program(name, &path, &error);
        let is_directory = std::fs::metadata(&*path).is_ok_and(|known| known.is_dir());
        if error.raw_os_error() != Some(libc::ENOENT) {
            let reason = match is_directory {
                true => "Is a directory",
                false => super::spawn::words(&error),
            };
            self.complain(format_args!("exec: {name}: cannot execute: {reason}"));
        }
        self.exec_failed(status)
    }

    /// A path from the root.
    fn absolute(&self, path: &str) -> Text {
        if path.starts_with('/') {
            return path.into();
        }
        let directory = self.directory.trim_end_matches('/');
        format!("{directory}/{}", path.trim_start_matches("./")).into()
    }

    fn exec_failed(&mut self, status: i32) -> Result {
        if self.options.execfail || self.interactive {
            return Ok(status);
        }
        Err(Flow::Exit(status))
    }

    /// A subshell that is no process of its own waits for the program, and ends as it does; so does a shell whose state is kept.
    fn exec_in_subshell(
        &mut self,
        path: &Text,
        name: &Text,
        arguments: &[Text],
        clean: bool,
    ) -> Result {
        if clean {
            let names: Vec<Text> = (self.variables.visible())
                .filter(|(_, variable)| variable.attributes.exported)
                .map(|(name, _)| name.clone())
                .collect();
            for name in names {
                self.set_exported(&name, false);
            }
        }
        match self.begin_program_at(path, name, arguments) {
            Ok(child) => {
                let status = self.await_child(child)?;
                if self.state_file.is_none() {
                    self.set_trap(super::traps::event::EXIT, None);
                }
                Err(Flow::Exit(status))
            }
            Err(status) => self.exec_failed(status),
        }
    }

    fn exec_environment(&self, path: &str) -> Vec<Vec<u8>> {
        let mut environment = self.environment();
        environment.retain(|entry| !entry.starts_with(b"_="));
        for entry in &mut environment {
            if let Some(level) = entry.strip_prefix(b"SHLVL=") {
                let level: i64 = std::str::from_utf8(level)
                    .ok()
                    .and_then(|level| level.parse().ok())
                    .unwrap_or(0);
                *entry = format!("SHLVL={}", level.saturating_sub(1).max(0)).into_bytes();
            }
        }
        environment.push([b"_=", &*crate::text::encode(path)].concat());
        environment
    }
}
