//! The window's loop: inbox, commands, shortcuts, timers, paint.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use eframe::egui;

use super::LIVE_JOB;
use super::background::Background;
use super::commands::{Command, MAIN_ACTION, Sender, connect};
use super::frame_times::FrameTimes;
use super::message::Message;
use super::options::Options;
use super::runtime::Runtime;
use super::state::{Overlay, Settings, State};
use crate::jobs::Problem;
use crate::ui::{self, View, focus};
use crate::workspace::{ConfigFolder, Theme};

/// The application while its window is open.
pub struct App {
    // Dropped in this order: jobs end before the demo's cluster, which the state holds, stops.
    background: Background,
    state: State,
    commands: Sender,
    waiting: VecDeque<Message>,
    frame_times: Option<FrameTimes>,
    title: String,
}

/// Opens the window and stays until it is closed.
pub fn run(options: Options) -> Result<(), Problem> {
    let viewport = egui::ViewportBuilder::default()
        .with_app_id("forebay")
        .with_title("Forebay")
        .with_icon(ui::window_icon())
        .with_inner_size([1440.0, 900.0])
        .with_min_inner_size([900.0, 600.0]);
    let native = eframe::NativeOptions { viewport, ..Default::default() };
    let create = |context: &eframe::CreationContext<'_>| -> Result<Box<dyn eframe::App>, _> {
        Ok(Box::new(App::new(&context.egui_ctx, options)?))
    };
    eframe::run_native("Forebay", native, Box::new(create)).map_err(|error| {
        let next = "A desktop with OpenGL is needed; forebay --help lists what works without one";
        Problem::new("Opening the window", error.to_string(), next)
    })
}

impl App {
    /// Messages and commands are handled for so long in one frame; the rest waits for the next.
    const BUDGET: Duration = Duration::from_millis(3);
    /// While a job runs its progress is shown so often.
    const PROGRESS: Duration = Duration::from_millis(100);

    /// The application, before its first frame.
    pub fn new(ctx: &egui::Context, options: Options) -> Result<Self, Problem> {
        ui::install(ctx);
        let waker = ctx.clone();
        let frame_times = options.frame_times.as_deref().map(FrameTimes::create).transpose()?;
        let mut app = Self {
            state: State { native_dialogs: options.native_dialogs, ..State::default() },
            commands: Sender::default(),
            background: Background::new(move || waker.request_repaint()),
            waiting: VecDeque::new(),
            frame_times,
            title: String::new(),
        };
        app.begin(ctx, options);
        Ok(app)
    }

    /// Reads what is kept of the user, before the first frame, so that the theme does not change before their eyes; then
    /// opens the workspace. What cannot be read is told and stays as it is.
    fn begin(&mut self, ctx: &egui::Context, options: Options) {
        let notifications = &mut self.state.notifications;
        let config =
            options.config_dir.map_or_else(ConfigFolder::find, |folder| Ok(ConfigFolder::at(folder)));
        let config = config.map_err(|problem| notifications.problem(&problem)).ok();
        if let Some(config) = &config {
            let settings = config.settings().map_err(|problem| notifications.problem(&problem));
            self.state.settings = Settings::of(&settings.unwrap_or_default());
            let recent = config.recent().map_err(|problem| notifications.problem(&problem));
            self.state.recent_files = recent.unwrap_or_default();
        }
        self.state.config = config;
        let mut runtime = Runtime { state: &mut self.state, background: &mut self.background, ctx };
        match &options.workspace {
            Some(path) => runtime.open_workspace(path),
            None if options.demo.is_some() => {}
            None => runtime.recover_unnamed(),
        }
        connect::begin(&mut runtime, options.connection);
        if options.demo.is_some() {
            runtime.state.demo.options = options.demo;
            runtime.start_demo(false);
        }
    }

    /// What the panels read.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Leaves a command, as a panel would.
    pub fn send(&self, command: impl Into<Command>) {
        self.commands.send(command);
    }

    /// Takes a message, as if a job had brought it; it is handled before the next frame.
    pub fn deliver(&mut self, message: Message) {
        self.waiting.push_back(message);
    }

    /// Everything that changes the state, before a frame is painted.
    pub fn update(&mut self, ctx: &egui::Context) {
        focus::watch(ctx);
        self.shortcuts(ctx);
        self.run_commands(ctx);
        self.drain_inbox(ctx);
        Command::tick(&mut Runtime { state: &mut self.state, background: &mut self.background, ctx });
        self.timers(ctx);
        self.closing(ctx);
        self.state.jobs = self.background.list();
        self.title(ctx);
        // A deployment has no progress; stage Live asks for frames itself while it is seen.
        if self.state.active_jobs().any(|job| job.key != LIVE_JOB) {
            ctx.request_repaint_after(Self::PROGRESS);
        }
        ctx.set_theme(match self.state.settings.theme {
            Theme::Dark => egui::Theme::Dark,
            Theme::Light => egui::Theme::Light,
        });
    }

    /// Paints a frame. Commands that panels leave run before the next one.
    pub fn paint(&mut self, ui: &mut egui::Ui) {
        ui::show(ui, &View::new(&self.state, &self.commands));
        if !self.commands.is_empty() {
            ui.ctx().request_repaint();
        }
    }

    /// The window's title, for the desktop's task bar.
    fn title(&mut self, ctx: &egui::Context) {
        let dot = if self.state.workspace.is_dirty() { "• " } else { "" };
        let title = format!("{dot}{} - Forebay", self.state.workspace.name());
        if title != self.title {
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    fn run_commands(&mut self, ctx: &egui::Context) {
        for command in self.commands.take() {
            command.run(&mut Runtime { state: &mut self.state, background: &mut self.background, ctx });
        }
    }

    fn drain_inbox(&mut self, ctx: &egui::Context) {
        let until = Instant::now() + Self::BUDGET;
        self.waiting.extend(self.background.messages());
        while let Some(message) = self.waiting.pop_front() {
            message.handle(&mut Runtime { state: &mut self.state, background: &mut self.background, ctx });
            if Instant::now() > until {
                break;
            }
        }
        if !self.waiting.is_empty() {
            ctx.request_repaint();
        }
    }

    fn timers(&mut self, ctx: &egui::Context) {
        let now = Instant::now();
        let toast = self.state.notifications.expire(now);
        let autosave =
            Runtime { state: &mut self.state, background: &mut self.background, ctx }.autosave(now);
        for next in [toast, autosave].into_iter().flatten() {
            ctx.request_repaint_after(next);
        }
    }

    fn closing(&mut self, ctx: &egui::Context) {
        if !ctx.input(|input| input.viewport().close_requested()) {
            return;
        }
        if !(Runtime { state: &mut self.state, background: &mut self.background, ctx }).may_close() {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
        }
    }

    /// A shortcut leaves its command. While text is typed only those with Ctrl work; while a popup is open only the window's
    /// own; while a dialog asks something, none.
    fn shortcuts(&mut self, ctx: &egui::Context) {
        let pressed = ctx.input(|input| {
            input.events.iter().any(|event| matches!(event, egui::Event::Key { pressed: true, .. }))
        });
        let dialog = matches!(self.state.overlay, Some(Overlay::Path(_) | Overlay::Confirm(_)));
        if !pressed || dialog {
            return;
        }
        let typing = ctx.text_edit_focused();
        if self.state.overlay.is_none() && ctx.input_mut(|input| input.consume_shortcut(&MAIN_ACTION)) {
            if let Some(command) = Command::main_action(&self.state) {
                self.commands.send(command);
            }
            return;
        }
        let mut listed = Command::listed(&self.state);
        // egui lets Ctrl+Z match Ctrl+Shift+Z: the more special shortcut is asked first.
        listed.sort_by_key(|command| {
            let shortcut = command.about(&self.state).and_then(|about| about.shortcut);
            std::cmp::Reverse(shortcut.is_some_and(|shortcut| shortcut.modifiers.shift))
        });
        for command in listed {
            let reachable = match command.stage() {
                None => self.state.overlay.is_none() || matches!(command, Command::Window(_)),
                Some(stage) => stage == self.state.stage && self.state.overlay.is_none(),
            };
            let Some(shortcut) = command.about(&self.state).and_then(|about| about.shortcut) else {
                continue;
            };
            let usable = reachable && (!typing || takes_from_text(&shortcut));
            if usable && ctx.input_mut(|input| input.consume_shortcut(&shortcut)) {
                self.commands.send(command);
            }
        }
    }
}

/// Whether a shortcut works while text is typed: undo and redo belong to the text then.
fn takes_from_text(shortcut: &egui::KeyboardShortcut) -> bool {
    shortcut.modifiers.command && !matches!(shortcut.logical_key, egui::Key::Z | egui::Key::Y)
        || matches!(shortcut.logical_key, egui::Key::F1)
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        if let Some(times) = &mut self.frame_times
            && !times.frame(self.state.stage, frame.info().cpu_usage)
        {
            self.frame_times = None;
        }
        self.update(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.paint(ui);
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}
