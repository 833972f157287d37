//! stub until the kubectl branch lands
use crate::api::decode;
use crate::client::Client;

#[derive(Default)]
pub struct Place {
    pub line: u32,
    pub column: u32,
    pub message: String,
    pub hint: Option<String>,
}

#[derive(Default)]
pub struct Applied {
    pub lines: Vec<String>,
    pub warnings: Vec<String>,
    pub errors: Vec<String>,
    pub places: Vec<Place>,
}

pub fn apply(client: &mut Client<'_>, text: &str, source: &str) -> Applied {
    let mut out = Applied::default();
    let decoding = decode::decode_leniently(text);
    if !decoding.errors.is_empty() {
        out.errors
            .push(decode::kubectl_error(&decoding.errors, source, "creating"));
        for e in &decoding.errors {
            out.places.push(Place {
                line: e.line as u32,
                column: e.column as u32,
                message: e.message.clone(),
                hint: e.hint.clone(),
            });
        }
    }
    for decoded in decoding.objects {
        let mut object = decoded.object.clone();
        crate::api::defaults::namespace_or_default(&mut object);
        let name = format!(
            "{}/{}",
            object.kind_name().to_lowercase(),
            object.meta().name
        );
        let exists = client
            .server
            .get_object(object.kind(), &object.key())
            .is_some();
        let result = if exists {
            client.update_object(object, "apply")
        } else {
            client.create_object(object)
        };
        match result {
            Ok(_) => out.lines.push(format!(
                "{name} {}",
                if exists { "configured" } else { "created" }
            )),
            Err(status) => {
                for cause in &status.causes {
                    if let Some(at) = decoded.position(&cause.field) {
                        out.places.push(Place {
                            line: at.line as u32,
                            column: at.column as u32,
                            message: cause.to_string(),
                            hint: None,
                        });
                    }
                }
                out.errors.push(status.message);
            }
        }
    }
    out
}
