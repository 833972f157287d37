//! stub until the kubectl branch lands
pub mod apply;
use crate::cluster::Cluster;

pub struct Output {
    pub stdout: String,
    pub stderr: String,
    pub exit: i32,
}

pub fn run(_cluster: &mut Cluster, args: &[String], _stdin: Option<&str>) -> Output {
    Output {
        stdout: String::new(),
        stderr: format!("error: kubectl {} is not there yet", args.join(" ")),
        exit: 1,
    }
}
