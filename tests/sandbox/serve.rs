//! The HTTP server: reads a request, applies an ordered fault, and responds. A change is committed even if the caller has
//! disconnected. Called by the listener for every request.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use futures::StreamExt as _;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

use crate::call::{Answer, Call, is_api};
use crate::faults::{Fault, Plan, failure, too_many_requests};
use crate::line::Cut;
use crate::problem::Problem;
use crate::world::Shared;
use crate::{consent, gateway, profile, sally, web};

/// Answers one request.
pub(crate) async fn answer(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
) -> Response {
    let Ok(mut call) = Call::read(request).await else {
        return Answer::html(StatusCode::BAD_REQUEST, "").into_response(Body::empty());
    };
    if call.path == sally::PATH {
        call.path = sally::named(&call);
    }
    let place = shared.log.open(&call, shared.clock.now());
    let plan = shared.faults().plan(&call);
    let outcome = if plan.delay.is_zero() {
        befall(&shared, &call, plan).await
    } else {
        let shared = Arc::clone(&shared);
        // On its own task: a caller who gives up does not stop what is under way.
        let late = tokio::spawn(async move {
            tokio::time::sleep(plan.delay).await;
            befall(&shared, &call, plan).await
        });
        late.await.unwrap_or(Outcome::Reset)
    };
    // By its own clock: the server's library would say the machine's time.
    let now = date(shared.clock.now());
    match outcome {
        Outcome::Answer(answer) => {
            shared.log.close(place, answer.status.as_u16());
            let answer = answer.with("date", &now);
            let body = Body::from(answer.body.clone());
            answer.into_response(body)
        }
        Outcome::Truncated(answer) => {
            shared.log.close(place, answer.status.as_u16());
            truncated(answer.with("date", &now), cut)
        }
        Outcome::Reset => {
            cut.cut();
            std::future::pending().await
        }
        Outcome::Silence => std::future::pending().await,
    }
}

fn date(now: Timestamp) -> String {
    DateTimePrinter::new().timestamp_to_rfc9110_string(&now).unwrap_or_default()
}

enum Outcome {
    Answer(Answer),
    Truncated(Answer),
    Reset,
    Silence,
}

async fn befall(shared: &Shared, call: &Call, plan: Plan) -> Outcome {
    let process = async || process(shared, call).await;
    match plan.fault {
        None | Some(Fault::Delay(_)) => Outcome::Answer(process().await),
        Some(Fault::ResetBefore) => Outcome::Reset,
        Some(Fault::ResetAfter) => {
            process().await;
            Outcome::Reset
        }
        Some(Fault::LoseAnswer) => {
            process().await;
            Outcome::Silence
        }
        Some(Fault::TooManyRequests(retry_after)) => {
            Outcome::Answer(too_many_requests(retry_after, shared.clock.now()))
        }
        Some(Fault::Fail { status, committed }) => {
            if committed {
                process().await;
            }
            Outcome::Answer(failure(status))
        }
        Some(Fault::Garbage) => {
            let mut answer = process().await;
            answer.body = Bytes::from_static(b"{\"id\": \"12\xff\x00 <html>garbage");
            Outcome::Answer(answer)
        }
        Some(Fault::Truncate) => Outcome::Truncated(process().await),
        Some(Fault::Portal { status }) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            let page = "<!doctype html><title>Welcome</title><p>Accept our terms to use this network.";
            let answer = Answer::html(status, page.to_owned());
            Outcome::Answer(if status.is_redirection() {
                answer.with("location", "http://portal.example/")
            } else {
                answer
            })
        }
    }
}

/// An answer that promises its whole length and then breaks off.
fn truncated(mut answer: Answer, cut: Cut) -> Response {
    answer.headers.insert(header::CONTENT_LENGTH, answer.body.len().into());
    let half = answer.body.slice(..answer.body.len() / 2);
    let rest = futures::stream::once(async move {
        // What was written must be under way before the connection ends.
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        cut.cut();
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    });
    let body = Body::from_stream(futures::stream::once(async { Ok(half) }).chain(rest));
    answer.into_response(body)
}

async fn process(shared: &Shared, call: &Call) -> Answer {
    if call.path.starts_with(sally::PATH) {
        return sally::answer(&shared.sally, &shared.mcp, call).await;
    }
    let now = shared.clock.now();
    let segments = call.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let answer = route(shared, call, &segments, now).unwrap_or_else(Answer::from);
    shared.points.count(call, answer, now)
}

fn route(shared: &Shared, call: &Call, segments: &[&str], now: Timestamp) -> Result<Answer, Problem> {
    let mut world = shared.world();
    match (call.method.as_str(), segments) {
        ("GET", ["authorize"]) => Ok(consent::ask(&mut world, call)),
        ("POST", ["authorize", "consent"]) => Ok(consent::decide(&mut world, call, now)),
        ("POST", ["oauth", "token"]) => {
            let world = &mut *world;
            world.auth.token(call, now, &world.settings.quirks)
        }
        ("GET", ["oauth", "token", "accessible-resources"]) => {
            gateway::accessible_resources(&world, call, now)
        }
        ("GET", ["me"]) => gateway::me(&world, call, now),
        (_, ["ex", "confluence", path @ ..]) => gateway::confluence(&mut world, call, path, now),
        ("GET", ["site", slug, "_edge", "tenant_info"]) => Ok(gateway::tenant_info(&world, slug)),
        (_, ["site", slug, "wiki", path @ ..]) if is_api(&call.path) => {
            gateway::at_site(&mut world, call, slug, path, now)
        }
        ("GET", ["manage-profile", "security", "api-tokens"]) => Ok(profile::show(&world, now)),
        ("POST", ["manage-profile", "security", "api-tokens"]) => Ok(profile::act(&mut world, call, now)),
        _ => Ok(web::visit(&world, &shared.log, call)),
    }
}
