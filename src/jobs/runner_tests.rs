use std::sync::atomic::{AtomicUsize, Ordering};

use crossbeam_channel::unbounded;

use super::*;

/// A runner whose wake-ups can be waited for.
struct Bench {
    jobs: Jobs<u32>,
    woken: Receiver<()>,
}

impl Bench {
    fn new() -> Self {
        let (tell, woken) = unbounded();
        Self { jobs: Jobs::new(move || tell.send(()).unwrap_or(())), woken }
    }

    /// Drains the inbox until `count` things have arrived.
    fn wait_for(&mut self, count: usize) -> Vec<Arrival<u32>> {
        let mut arrived = Vec::new();
        while arrived.len() < count {
            self.woken.recv_timeout(Duration::from_secs(10)).unwrap();
            arrived.extend(self.jobs.arrivals());
        }
        arrived
    }

    fn states(&self) -> Vec<JobState> {
        self.jobs.list().into_iter().map(|job| job.state).collect()
    }
}

fn ended(arrival: &Arrival<u32>) -> Result<u32, Problem> {
    match &arrival.outcome {
        Outcome::Ended(result) => result.clone(),
        Outcome::Part(part) => panic!("a part, {part}, and not the end"),
    }
}

/// Works until it is cancelled.
fn until_cancelled(job: JobContext<u32>) -> Result<u32, Problem> {
    while !job.cancel.is_cancelled() {
        thread::sleep(Duration::from_millis(1));
    }
    Err(Problem::cancelled("Waiting"))
}

#[test]
fn a_result_arrives_after_its_parts_and_the_list_says_done() {
    let mut bench = Bench::new();
    let id = bench.jobs.start("read", "Reading flights", Admission::Several, |job| {
        job.progress.stage("reading flights", 10);
        job.progress.add(10);
        job.send(1);
        Ok(2)
    });
    let arrived = bench.wait_for(2);
    assert!(matches!(arrived[0].outcome, Outcome::Part(1)));
    assert_eq!(ended(&arrived[1]), Ok(2));
    assert_eq!((arrived[1].id, arrived[1].key.as_str()), (id, "read"));
    let listed = &bench.jobs.list()[0];
    assert_eq!((listed.title.as_str(), &listed.state), ("Reading flights", &JobState::Done));
    assert_eq!(listed.progress.share(), Some(1.0));
    bench.jobs.clear_ended();
    assert!(bench.jobs.list().is_empty());
}

#[test]
fn of_many_that_want_one_key_the_running_one_and_the_newest_run() {
    let mut bench = Bench::new();
    let (open, gate) = bounded::<()>(0);
    bench.jobs.start("timeline", "first", Admission::LatestWins, move |_| {
        gate.recv().unwrap();
        Ok(0)
    });
    for number in 1..=5 {
        bench.jobs.start("timeline", "later", Admission::LatestWins, move |_| Ok(number));
    }
    assert_eq!(bench.states(), [JobState::Running, JobState::Waiting]);
    open.send(()).unwrap();
    let results: Vec<_> = bench.wait_for(2).iter().map(ended).collect();
    assert_eq!(results, [Ok(0), Ok(5)]);
    assert!(!bench.jobs.is_busy("timeline"));
}

#[test]
fn several_of_one_key_run_side_by_side() {
    let mut bench = Bench::new();
    let (left, right) = bounded::<()>(0);
    bench
        .jobs
        .start("train", "sends", Admission::Several, move |_| left.send(()).map(|()| 1).map_err(|_| stop()));
    bench.jobs.start("train", "receives", Admission::Several, move |_| {
        right.recv().map(|()| 2).map_err(|_| stop())
    });
    assert!(bench.wait_for(2).iter().all(|arrival| ended(arrival).is_ok()));
}

fn stop() -> Problem {
    Problem::new("Meeting", "the other side is gone", "")
}

#[test]
fn cancelling_ends_the_running_one_and_the_waiting_one() {
    let mut bench = Bench::new();
    let first = bench.jobs.start("read", "first", Admission::LatestWins, until_cancelled);
    let second = bench.jobs.start("read", "second", Admission::LatestWins, until_cancelled);
    bench.jobs.cancel(second);
    assert_eq!(bench.states(), [JobState::Running, JobState::Cancelled]);
    bench.jobs.cancel(first);
    let arrived = bench.wait_for(1);
    assert!(ended(&arrived[0]).unwrap_err().cancelled);
    assert_eq!(bench.states(), [JobState::Cancelled, JobState::Cancelled]);
}

#[test]
fn a_panic_becomes_a_problem_and_the_runner_goes_on() {
    let mut bench = Bench::new();
    bench.jobs.start("train", "Training", Admission::LatestWins, |_| panic!("index 3 of 2"));
    let problem = ended(&bench.wait_for(1)[0]).unwrap_err();
    assert_eq!(problem.what, "Training");
    assert_eq!(problem.why, "the job ended by a defect in Forebay: index 3 of 2");
    bench.jobs.start("train", "Training", Admission::LatestWins, |_| Ok(7));
    assert_eq!(ended(&bench.wait_for(1)[0]), Ok(7));
}

#[test]
fn a_drop_cancels_and_waits_for_threads_even_when_the_inbox_is_full() {
    let alive = Arc::new(AtomicUsize::new(0));
    let mut jobs = Jobs::new(|| {});
    for _ in 0..4 {
        let alive = alive.clone();
        alive.fetch_add(1, Ordering::SeqCst);
        jobs.start("talk", "Talking", Admission::Several, move |job| {
            while !job.cancel.is_cancelled() {
                job.send(1);
            }
            alive.fetch_sub(1, Ordering::SeqCst);
            Err(Problem::cancelled("Talking"))
        });
    }
    drop(jobs);
    assert_eq!(alive.load(Ordering::SeqCst), 0);
}

#[test]
fn the_list_forgets_the_oldest_ended_jobs() {
    let mut bench = Bench::new();
    for number in 0..110 {
        bench.jobs.start("page", "Page", Admission::Several, move |_| Ok(number));
    }
    let arrived = bench.wait_for(110);
    assert_eq!(arrived.len(), 110);
    assert_eq!(bench.jobs.list().len(), 100);
}
