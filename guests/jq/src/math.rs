//! C's mathematical functions.

use crate::ast::Native;
use crate::value::Value;

type Answer = Result<Value, Value>;

fn number(value: &Value) -> Result<f64, Value> {
    match value {
        Value::Number(number) => Ok(*number),
        other => Err(Value::from(format!(
            "{} number required",
            other.described()
        ))),
    }
}

macro_rules! functions {
    (one: $($name:literal => $one:expr,)+; two: $($name2:literal => $two:expr,)+) => {
        /// The functions by name and number of arguments.
        pub const FUNCTIONS: &[(&str, usize, Native)] = &[
            $(($name, 0, |input: &Value, _: &[Value]| -> Answer {
                let function: fn(f64) -> f64 = $one;
                Ok(Value::Number(function(number(input)?)))
            }),)+
            $(($name2, 2, |_: &Value, arguments: &[Value]| -> Answer {
                let function: fn(f64, f64) -> f64 = $two;
                Ok(Value::Number(function(number(&arguments[0])?, number(&arguments[1])?)))
            }),)+
            ("fma", 3, |_: &Value, arguments: &[Value]| -> Answer {
                Ok(Value::Number(libm::fma(number(&arguments[0])?, number(&arguments[1])?, number(&arguments[2])?)))
            }),
            ("frexp", 0, |input: &Value, _: &[Value]| -> Answer {
                let (fraction, exponent) = libm::frexp(number(input)?);
                Ok(Value::array(vec![fraction.into(), f64::from(exponent).into()]))
            }),
            ("modf", 0, |input: &Value, _: &[Value]| -> Answer {
                let (fraction, whole) = libm::modf(number(input)?);
                Ok(Value::array(vec![fraction.into(), whole.into()]))
            }),
        ];
    };
}

functions! {
    one:
    "floor" => f64::floor,
    "ceil" => f64::ceil,
    "round" => f64::round,
    "trunc" => f64::trunc,
    "rint" => libm::rint,
    "nearbyint" => libm::rint,
    "sqrt" => f64::sqrt,
    "cbrt" => libm::cbrt,
    "fabs" => f64::abs,
    "exp" => libm::exp,
    "exp2" => libm::exp2,
    "exp10" => libm::exp10,
    "expm1" => libm::expm1,
    "log" => libm::log,
    "log2" => libm::log2,
    "log10" => libm::log10,
    "log1p" => libm::log1p,
    "logb" => |x| f64::from(libm::ilogb(x)),
    "significand" => |x| { let (fraction, _) = libm::frexp(x); fraction * 2.0 },
    "gamma" => libm::lgamma,
    "lgamma" => libm::lgamma,
    "tgamma" => libm::tgamma,
    "sin" => libm::sin,
    "cos" => libm::cos,
    "tan" => libm::tan,
    "asin" => libm::asin,
    "acos" => libm::acos,
    "atan" => libm::atan,
    "sinh" => libm::sinh,
    "cosh" => libm::cosh,
    "tanh" => libm::tanh,
    "asinh" => libm::asinh,
    "acosh" => libm::acosh,
    "atanh" => libm::atanh,
    ;
    two:
    "pow" => libm::pow,
    "atan2" => libm::atan2,
    "fmin" => libm::fmin,
    "fmax" => libm::fmax,
    "fmod" => libm::fmod,
    "hypot" => libm::hypot,
    "copysign" => libm::copysign,
    "drem" => libm::remainder,
    "ldexp" => |x, exponent| libm::ldexp(x, exponent as i32),
    "scalb" => |x, exponent| x * libm::exp2(exponent),
    "scalbln" => |x, exponent| libm::ldexp(x, exponent as i32),
    "nextafter" => libm::nextafter,
    "nexttoward" => libm::nextafter,
}
