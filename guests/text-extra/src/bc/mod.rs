//! `bc`: sums of any length.

mod number;
mod parse;

use crate::input::{put, read};
use isobox_guest::Arguments;
use number::Number;
use parse::{Expression, Parser, Place, Statement};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::rc::Rc;

/// The functions of `-l`.
const LIBRARY: &str = "
define e(x){auto a,d,e,f,i,m,n,v,z;if(x<0){m=1;x=-x};z=scale;n=6+z+.44*x;scale=scale(x)+1;while(x>1){f+=1;x/=2;scale+=1};scale=n;v=1+x;a=x;d=1;for(i=2;1;i++){e=(a*=x)/(d*=i);if(e==0){if(f>0)while(f--)v=v*v;scale=z;if(m)return(1/v);return(v/1)};v+=e}}
define l(x){auto e,f,i,m,n,v,z;if(x<=0)return((1-10^scale)/1);z=scale;scale=6+scale;f=2;i=0;while(x>=2){f*=2;x=sqrt(x)};while(x<=.5){f*=2;x=sqrt(x)};v=n=(x-1)/(x+1);m=n*n;for(i=3;1;i+=2){e=(n*=m)/i;if(e==0){v=f*v;scale=z;return(v/1)};v+=e}}
define s(x){auto b,e,i,m,n,s,v,z;if(x<0){m=1;x=-x};z=scale;scale=1.1*z+2;v=a(1);if(x<0){m=1;x=-x};scale=0;n=(x/v+2)/4;x=x-4*n*v;if(n%2)x=-x;scale=z+2;v=e=x;s=-x*x;for(i=3;1;i+=2){e*=s/(i*(i-1));if(e==0){scale=z;if(m)return(-v/1);return(v/1)};v+=e}}
define c(x){auto v,z;z=scale;scale=scale*1.2;v=s(x+a(1)*2);scale=z;return(v/1)}
define a(x){auto a,e,f,i,m,n,s,v,z;m=1;if(x<0){m=-1;x=-x};if(x==1){if(scale<=25)return(.7853981633974483096156608/m)};z=scale;if(x>.2){scale=z+5;a=a(.2)};scale=z+3;while(x>.2){f+=1;x=(x-.2)/(1+x*.2)};v=n=x;s=-x*x;for(i=3;1;i+=2){e=(n*=s)/i;if(e==0){scale=z;return((f*a+v)/m)};v+=e}}
";

/// What a statement leads to.
enum Flow {
    On,
    Break,
    Continue,
    Return(Number),
    Quit,
}

/// Why a line is given up.
struct Trouble(String);

type Computed<T> = Result<T, Trouble>;

struct Function {
    parameters: Vec<String>,
    own: Vec<String>,
    body: Statement,
}

struct Machine {
    names: HashMap<String, Number>,
    arrays: HashMap<String, HashMap<i64, Number>>,
    functions: HashMap<String, Rc<Function>>,
    scale: usize,
    input_base: u32,
    output_base: u32,
    last: Number,
    depth: usize,
    out: String,
    column: usize,
}

pub fn bc(arguments: Arguments) -> i32 {
    let mut library = false;
    let mut files = Vec::new();
    for word in gnu::words(arguments) {
        match &word[..] {
            "-l" | "--mathlib" => library = true,
            "-q" | "--quiet" | "-s" | "--standard" | "-w" | "--warn" | "-lq" | "-ql" => {
                library |= word.contains('l') && word.len() == 3
            }
            "-h" | "--help" => {
                println!(
                    "usage: bc [options] [file ...]\n  -h  --help         print this usage and exit\n  -l  --mathlib      use the predefined math routines\n  -q  --quiet        don't print initial banner\n  -v  --version      print version information and exit"
                );
                return 0;
            }
            "-v" | "--version" => {
                println!("bc (isobox text-extra) {}", env!("CARGO_PKG_VERSION"));
                return 0;
            }
            word if word.starts_with('-') && word.len() > 1 => {
                match word.starts_with("--") {
                    true => eprintln!("bc: unrecognized option '{word}'"),
                    false => eprintln!("bc: invalid option -- '{}'", &word[1..2]),
                }
                return 1;
            }
            word => files.push(word.to_owned()),
        }
    }
    let mut machine = Machine {
        names: HashMap::new(),
        arrays: HashMap::new(),
        functions: HashMap::new(),
        scale: 0,
        input_base: 10,
        output_base: 10,
        last: Number::whole(0),
        depth: 0,
        out: String::new(),
        column: 0,
    };
    if library {
        machine.run(LIBRARY, "library");
        machine.scale = 20;
    }
    for name in files.iter().map(String::as_str).chain(["-"]) {
        let Ok(bytes) = read(name) else {
            eprintln!("File {name} is unavailable.");
            return 1;
        };
        let shown = if name == "-" { "(standard_in)" } else { name };
        if !machine.run(&String::from_utf8_lossy(&bytes), shown) {
            break;
        }
    }
    machine.flush();
    0
}

impl Machine {
    /// Runs a text; answers false when it quits.
    fn run(&mut self, text: &str, name: &str) -> bool {
        let mut parser = match Parser::new(text) {
            Ok(parser) => parser,
            Err(line) => {
                eprintln!("{name} {line}: illegal character");
                return true;
            }
        };
        loop {
            match parser.next_line() {
                Ok(None) => return true,
                Ok(Some(statements)) => {
                    for statement in &statements {
                        match self.statement(statement) {
                            Ok(Flow::Quit) => return false,
                            Ok(_) => {}
                            Err(Trouble(message)) => {
                                self.flush();
                                eprintln!("Runtime error (func=(main), adr=3): {message}");
                                break;
                            }
                        }
                    }
                }
                Err(line) => {
                    self.flush();
                    eprintln!("{name} {line}: syntax error");
                    parser.skip_line();
                }
            }
        }
    }

    fn flush(&mut self) {
        put("bc", self.out.as_bytes());
        self.out.clear();
    }

    /// Prints, breaking lines of 70 letters with a backslash.
    fn print(&mut self, text: &str) {
        for c in text.chars() {
            if c == '\n' {
                self.column = 0;
            } else {
                self.column += 1;
                if self.column == 69 {
                    self.out.push_str("\\\n");
                    self.column = 1;
                }
            }
            self.out.push(c);
        }
        if self.out.len() > 1 << 14 {
            self.flush();
        }
    }

    fn show(&mut self, number: Number, end: &str) {
        let text = number.show(self.output_base);
        self.print(&text);
        self.print(end);
        self.last = number;
    }

    fn statement(&mut self, statement: &Statement) -> Computed<Flow> {
        match statement {
            Statement::Show(expression) => {
                let number = self.value(expression)?;
                self.show(number, "\n");
            }
            Statement::Silent(expression) => {
                self.value(expression)?;
            }
            Statement::Text(text) => self.print(text),
            Statement::Print(parts) => {
                for part in parts {
                    match part {
                        Statement::Text(text) => self.print(&unescaped(text)),
                        Statement::Show(expression) => {
                            let number = self.value(expression)?;
                            self.show(number, "");
                        }
                        _ => {}
                    }
                }
            }
            Statement::If(condition, then, otherwise) => {
                if !self.value(condition)?.is_zero() {
                    return self.statement(then);
                } else if let Some(otherwise) = otherwise {
                    return self.statement(otherwise);
                }
            }
            Statement::While(condition, body) => {
                while !self.value(condition)?.is_zero() {
                    match self.statement(body)? {
                        Flow::On | Flow::Continue => {}
                        Flow::Break => break,
                        flow => return Ok(flow),
                    }
                }
            }
            Statement::For(start, condition, step, body) => {
                if let Some(start) = start {
                    self.value(start)?;
                }
                loop {
                    if let Some(condition) = condition
                        && self.value(condition)?.is_zero()
                    {
                        break;
                    }
                    match self.statement(body)? {
                        Flow::On | Flow::Continue => {}
                        Flow::Break => break,
                        flow => return Ok(flow),
                    }
                    if let Some(step) = step {
                        self.value(step)?;
                    }
                }
            }
            Statement::Block(statements) => {
                for statement in statements {
                    match self.statement(statement)? {
                        Flow::On => {}
                        flow => return Ok(flow),
                    }
                }
            }
            Statement::Break => return Ok(Flow::Break),
            Statement::Continue => return Ok(Flow::Continue),
            Statement::Quit => return Ok(Flow::Quit),
            Statement::Return(value) => {
                let value = match value {
                    Some(value) => self.value(value)?,
                    None => Number::whole(0),
                };
                return Ok(Flow::Return(value));
            }
            Statement::Define(name, parameters, own, body) => {
                let function = Function {
                    parameters: parameters.clone(),
                    own: own.clone(),
                    body: (**body).clone(),
                };
                self.functions.insert(name.clone(), Rc::new(function));
            }
        }
        Ok(Flow::On)
    }

    fn get(&mut self, place: &Place) -> Computed<Number> {
        Ok(match place {
            Place::Name(name) => match &name[..] {
                "scale" => Number::whole(self.scale as i64),
                "ibase" => Number::whole(self.input_base.into()),
                "obase" => Number::whole(self.output_base.into()),
                "last" => self.last.clone(),
                name => self
                    .names
                    .get(name)
                    .cloned()
                    .unwrap_or_else(|| Number::whole(0)),
            },
            Place::Element(name, index) => {
                let index = self.value(index)?.to_small();
                let array = self.arrays.get(name);
                array
                    .and_then(|array| array.get(&index))
                    .cloned()
                    .unwrap_or_else(|| Number::whole(0))
            }
        })
    }

    fn set(&mut self, place: &Place, number: Number) -> Computed<()> {
        match place {
            Place::Name(name) => match &name[..] {
                "scale" => self.scale = number.to_small().clamp(0, 100_000) as usize,
                "ibase" => self.input_base = number.to_small().clamp(2, 16) as u32,
                "obase" => self.output_base = number.to_small().clamp(2, 999_999) as u32,
                "last" => self.last = number,
                name => {
                    self.names.insert(name.to_owned(), number);
                }
            },
            Place::Element(name, index) => {
                let index = self.value(index)?.to_small();
                self.arrays
                    .entry(name.clone())
                    .or_default()
                    .insert(index, number);
            }
        }
        Ok(())
    }

    fn value(&mut self, expression: &Expression) -> Computed<Number> {
        Ok(match expression {
            Expression::Number(text) => Number::read(text, self.input_base),
            Expression::Place(place) => self.get(place)?,
            Expression::Negate(inner) => self.value(inner)?.negated(),
            Expression::Not(inner) => Number::whole(self.value(inner)?.is_zero().into()),
            Expression::Assign(place, operator, right) => {
                let mut value = self.value(right)?;
                if let Some(operator) = operator {
                    let old = self.get(place)?;
                    value = self.binary(&operator.to_string(), &old, &value)?;
                }
                self.set(place, value.clone())?;
                value
            }
            Expression::Step(place, up, before) => {
                let old = self.get(place)?;
                let new = old.add(&Number::whole(if *up { 1 } else { -1 }));
                self.set(place, new.clone())?;
                if *before { new } else { old }
            }
            Expression::Binary(operator, left, right) => {
                let left = self.value(left)?;
                let right = self.value(right)?;
                self.binary(operator, &left, &right)?
            }
            Expression::Call(name, arguments) => self.call(name, arguments)?,
        })
    }

    fn binary(&mut self, operator: &str, left: &Number, right: &Number) -> Computed<Number> {
        let zero = || Trouble("Divide by zero".to_owned());
        let order = left.compare(right);
        let truth = |holds: bool| Number::whole(holds.into());
        Ok(match operator {
            "+" => left.add(right),
            "-" => left.subtract(right),
            "*" => left.multiply(right, self.scale),
            "/" => left.divide(right, self.scale).ok_or_else(zero)?,
            "%" => left
                .remainder(right, self.scale)
                .ok_or_else(|| Trouble("Modulo by zero".to_owned()))?,
            "^" => {
                if right.scale > 0 && right.scaled(0).compare(right) != Ordering::Equal {
                    self.flush();
                    eprintln!("Runtime warning (func=(main), adr=8): non-zero scale in exponent");
                }
                let exponent = right.to_small();
                if exponent.unsigned_abs() > 1 << 24 {
                    return Err(Trouble("exponent too large in raise".to_owned()));
                }
                left.power(exponent, self.scale).ok_or_else(zero)?
            }
            "==" => truth(order == Ordering::Equal),
            "!=" => truth(order != Ordering::Equal),
            "<" => truth(order == Ordering::Less),
            "<=" => truth(order != Ordering::Greater),
            ">" => truth(order == Ordering::Greater),
            ">=" => truth(order != Ordering::Less),
            "&&" => truth(!left.is_zero() && !right.is_zero()),
            _ => truth(!left.is_zero() || !right.is_zero()),
        })
    }

    fn call(&mut self, name: &str, arguments: &[Expression]) -> Computed<Number> {
        let mut values = Vec::new();
        for argument in arguments {
            values.push(self.value(argument)?);
        }
        match (name, &values[..]) {
            ("sqrt", [number]) => {
                let negative = || Trouble("Square root of a negative number".to_owned());
                return number.root(self.scale).ok_or_else(negative);
            }
            ("length", [number]) => return Ok(Number::whole(number.length() as i64)),
            ("scale", [number]) => return Ok(Number::whole(number.scale as i64)),
            _ => {}
        }
        let Some(function) = self.functions.get(name).cloned() else {
            return Err(Trouble(format!("Function {name} not defined.")));
        };
        if values.len() != function.parameters.len() {
            return Err(Trouble("Parameter number mismatch".to_owned()));
        }
        if self.depth > 300 {
            return Err(Trouble("Too many nested calls".to_owned()));
        }
        self.depth += 1;
        // Parameters and its own names hide those of the caller.
        let hidden: Vec<(String, Option<Number>)> = function
            .parameters
            .iter()
            .chain(&function.own)
            .map(|name| (name.clone(), self.names.remove(name)))
            .collect();
        for (name, value) in function.parameters.iter().zip(values) {
            self.names.insert(name.clone(), value);
        }
        let flow = self.statement(&function.body);
        for (name, value) in hidden {
            match value {
                Some(value) => self.names.insert(name, value),
                None => self.names.remove(&name),
            };
        }
        self.depth -= 1;
        match flow? {
            Flow::Return(value) => Ok(value),
            _ => Ok(Number::whole(0)),
        }
    }
}

/// What `print` makes of backslashes.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars();
    while let Some(c) = letters.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match letters.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('a') => out.push('\u{7}'),
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('q') => out.push('"'),
            Some('\\') => out.push('\\'),
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}
