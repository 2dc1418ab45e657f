//! `curl`, as curl 7.88 answers: HTTP through the machine's network.
//!
//! [`options`] reads the command line, [`request`] makes a request of it, [`transfer`] makes the exchanges of one address
//! and puts down what comes, [`meter`] shows how it went and [`write_out`] prints what `-w` asks for.

mod meter;
mod options;
mod request;
mod transfer;
mod write_out;

use isobox_guest::Arguments;

isobox_guest::commands! {
    freeze: (),
    "curl" => curl,
}

/// The command line cannot be used.
const USAGE: i32 = 2;

const TRY: &str = "curl: try 'curl --help' or 'curl --manual' for more information";

const VERSION: &str = "curl 7.88.1 (wasm32-wasip1) isobox/1\nRelease-Date: 2023-02-20\nProtocols: http https \nFeatures: ";

fn curl(arguments: Arguments) -> i32 {
    let words: Vec<String> = gnu::words(arguments).collect();
    let options = match options::read(&words) {
        Ok(options) => options,
        Err(message) => {
            if !message.is_empty() {
                eprintln!("curl: {message}");
            }
            eprintln!("{TRY}");
            return USAGE;
        }
    };
    if options.shows_version {
        println!("{VERSION}");
        return 0;
    }
    let mut status = 0;
    for (number, url) in options.urls.iter().enumerate() {
        status = transfer::transfer(&options, url, options.outputs.get(number));
    }
    status
}
