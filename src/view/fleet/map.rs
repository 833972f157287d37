//! The map of nodes: one canvas, moved by pointer, wheel, fingers and keyboard.

use super::paint::{Painter, Palette};
use crate::present::fleet::gesture::{Gesture, Meaning};
use crate::present::fleet::grid::{Camera, Grid, Move, Step};
use crate::present::fleet::{FleetView, thousands};
use crate::present::why::Part;
use crate::view::platform::canvas;
use std::rc::Rc;
use web_sys::{Element, HtmlCanvasElement, HtmlElement};
use yew::prelude::*;

const HELP: &str = "Wheel, pinch, + and − zoom, 0 shows all. Drag or Shift with arrow keys moves the map. Arrow keys go from node to node, Enter or a click chooses one.";
/// How much a button or key zooms, in 1/256.
const ZOOM_STEP: i32 = 128;
/// How far a key pans, in CSS pixels.
const PAN_STEP: i32 = 60;

#[derive(Properties, PartialEq)]
pub struct MapProps {
    pub view: Rc<FleetView>,
    #[prop_or_default]
    pub selected: Option<Rc<str>>,
    #[prop_or_default]
    pub parts: Vec<(Rc<str>, Part)>,
    #[prop_or_default]
    pub on_select: Callback<Rc<str>>,
    /// What it is called, where that isn't just how many nodes it has.
    #[prop_or_default]
    pub label: Option<AttrValue>,
    /// Of the text that says which keys it has.
    #[prop_or(AttrValue::Static("fleet-help"))]
    pub help_id: AttrValue,
}

/// A move, and for how many cells.
struct Moved(Move, u32);

/// The camera as Yew keeps it.
#[derive(Clone, Copy, Default, PartialEq)]
struct Looking(Camera);

impl Reducible for Looking {
    type Action = Moved;

    fn reduce(self: Rc<Self>, Moved(a_move, count): Moved) -> Rc<Self> {
        let after = Looking(self.0.after(a_move, count));
        if after == *self { self } else { Rc::new(after) }
    }
}

/// The canvas with its rings and its tip, and the buttons that zoom.
#[component]
pub fn Map(props: &MapProps) -> Html {
    let view = &props.view;
    let count = view.count();
    let stage = use_node_ref();
    let surface = use_node_ref();
    let looking = use_reducer_eq(Looking::default);
    let camera = looking.0;
    let grid = camera.grid(count);
    let palette = use_state(|| None::<Rc<Palette>>);
    let hovered = use_state_eq(|| None::<u32>);
    let cursor = use_state_eq(|| None::<u32>);
    let gesture = use_mut_ref(Gesture::default);
    let selected = props.selected.as_ref().and_then(|name| view.position(name));
    let go = {
        let dispatcher = looking.dispatcher();
        move |a_move: Move| dispatcher.dispatch(Moved(a_move, count))
    };

    use_size(&stage, {
        let dispatcher = looking.dispatcher();
        // The number of cells doesn't matter for this one.
        move |size| dispatcher.dispatch(Moved(size, 0))
    });
    use_palette(&stage, {
        let palette = palette.setter();
        move |read| palette.set(Some(Rc::new(read)))
    });
    use_painter(&surface, view, grid, camera.percent, (*palette).clone());
    use_wheel(&stage, grid, camera.percent, go.clone());
    {
        // A node that was chosen elsewhere comes into view.
        let go = go.clone();
        use_effect_with(props.selected.clone(), move |_| {
            if let Some(index) = selected {
                go(Move::Reveal { index });
            }
        });
    }

    let on_pointer = {
        let pointer = Pointer {
            stage: stage.clone(),
            view: view.clone(),
            grid,
            percent: camera.percent,
            gesture,
            hovered: hovered.setter(),
            cursor: cursor.setter(),
            on_select: props.on_select.clone(),
            go: Callback::from(go.clone()),
        };
        Callback::from(move |event: PointerEvent| pointer.heard(&event))
    };
    let on_key = {
        let keyboard = Keyboard {
            view: view.clone(),
            grid,
            percent: camera.percent,
            at: (*cursor).filter(|index| *index < count),
            start: selected.or_else(|| grid.visible().next()),
            cursor: cursor.setter(),
            hovered: hovered.setter(),
            on_select: props.on_select.clone(),
            go: Callback::from(go.clone()),
        };
        Callback::from(move |event: KeyboardEvent| keyboard.heard(&event))
    };
    let zoom = |by: i32| {
        let go = go.clone();
        Callback::from(move |_: MouseEvent| go(zoom_at_middle(grid, by)))
    };
    let fit = {
        let go = go.clone();
        Callback::from(move |_: MouseEvent| go(Move::Fit))
    };
    let said = (*cursor).and_then(|index| {
        let place = format!(
            "row {}, column {}",
            index as i32 / grid.columns + 1,
            index as i32 % grid.columns + 1
        );
        Some(format!("{}, {place}", view.get(index)?.summary()))
    });
    let label = props.label.clone();
    let label = label.unwrap_or_else(|| format!("Map of {} nodes", thousands(count)).into());
    html! {
        <div class="fleet__map">
            <div ref={stage} class="fleet__stage" tabindex="0" role="application"
                aria-label={label} aria-describedby={props.help_id.clone()}
                data-zoomed={grid.is_zoomed.then_some("")}
                onkeydown={on_key}
                onpointerdown={on_pointer.clone()} onpointermove={on_pointer.clone()} onpointerup={on_pointer.clone()}
                onpointercancel={on_pointer.clone()} onpointerleave={on_pointer}>
                <canvas ref={surface} class="fleet__canvas" aria-hidden="true"></canvas>
                <Ring kind="selected" {grid} percent={camera.percent} index={selected} />
                // A box of their own: more or fewer of them must not make another canvas of ours.
                <div>{ for props.parts.iter().map(|(name, part)| html! {
                    <Ring key={&**name} kind={if part.is_pointed { "pointed" } else { "part" }} {grid} percent={camera.percent} index={view.position(name)} links={part.links.clone()} />
                }) }</div>
                <Ring kind="cursor" {grid} percent={camera.percent} index={*cursor} />
                <Ring kind="hover" {grid} percent={camera.percent} index={*hovered} />
                <Tip view={view.clone()} {grid} percent={camera.percent} index={*hovered} />
            </div>
            <p class="fleet__said" role="status">{ said }</p>
            <div class="fleet__foot">
            <p id={props.help_id.clone()} class="fleet__help">{ HELP }</p>
            <div class="fleet__zoom" role="group" aria-label="Zoom">
                <button type="button" aria-label="Zoom in" disabled={!grid.can_grow} onclick={zoom(ZOOM_STEP)}>{ "+" }</button>
                <button type="button" aria-label="Zoom out" disabled={!grid.can_shrink} onclick={zoom(-ZOOM_STEP)}>{ "−" }</button>
                <button type="button" disabled={!grid.can_shrink} onclick={fit}>{ "All" }</button>
            </div>
            </div>
        </div>
    }
}

fn zoom_at_middle(grid: Grid, by: i32) -> Move {
    Move::Zoom {
        x: grid.width / 2,
        y: grid.height / 2,
        by,
    }
}

#[derive(Properties, PartialEq)]
struct RingProps {
    kind: &'static str,
    grid: Grid,
    percent: i32,
    index: Option<u32>,
    /// The numbers of the links that it stands for.
    #[prop_or_default]
    links: Option<AttrValue>,
}

/// A frame around a cell. An element of its own, so that moving it paints nothing.
#[component]
fn Ring(props: &RingProps) -> Html {
    let element = use_node_ref();
    let (grid, percent) = (props.grid, props.percent);
    let index = props
        .index
        .filter(|index| *index < grid.count && grid.is_visible(*index));
    {
        let element = element.clone();
        use_effect_with((grid, percent, index), move |_| {
            let (Some(element), Some(index)) = (element.cast::<HtmlElement>(), index) else {
                return;
            };
            let cell = grid.cell(index);
            let (width, height) = (css(cell.width, percent), css(cell.height, percent));
            canvas::place(
                &element,
                css(cell.left, percent),
                css(cell.top, percent),
                Some((width, height)),
            );
        });
    }
    html! { <span ref={element} class="fleet__ring" data-ring={props.kind} data-links={props.links.clone()} hidden={index.is_none()}></span> }
}

#[derive(Properties, PartialEq)]
struct TipProps {
    view: Rc<FleetView>,
    grid: Grid,
    percent: i32,
    index: Option<u32>,
}

/// What is known about the cell under the pointer.
#[component]
fn Tip(props: &TipProps) -> Html {
    let element = use_node_ref();
    let (grid, percent, index) = (props.grid, props.percent, props.index);
    let node = index.and_then(|index| props.view.get(index));
    {
        let element = element.clone();
        use_effect_with((grid, percent, index, node.cloned()), move |_| {
            let (Some(element), Some(index)) = (element.cast::<HtmlElement>(), index) else {
                return;
            };
            let cell = grid.cell(index);
            let (width, height) = (
                f64::from(element.offset_width()),
                f64::from(element.offset_height()),
            );
            let room = (css(grid.width, percent), css(grid.height, percent));
            // Below and to the right, or to the other side where there is no room.
            let beside = |start: f64, own: f64, size: f64, room: f64| {
                let after = start + own + 8.0;
                if after + size <= room {
                    after
                } else {
                    (start - size - 8.0).max(0.0)
                }
            };
            let own = css(cell.width, percent);
            canvas::place(
                &element,
                beside(css(cell.left, percent), own, width, room.0),
                beside(css(cell.top, percent), own, height, room.1),
                None,
            );
        });
    }
    html! {
        <div ref={element} class="fleet__tip" aria-hidden="true" hidden={node.is_none()}>
            if let Some(node) = node {
                <b>{ &*node.name }</b>
                <span>{ node.state.label() }</span>
                if let Some(pod) = &node.pod { <span>{ &**pod }</span> }
                if !node.revision.label().is_empty() { <span>{ node.revision.label() }</span> }
                if !node.flags.label().is_empty() { <span>{ node.flags.label() }</span> }
            }
        </div>
    }
}

/// Pixels of the screen in CSS pixels.
fn css(pixels: i32, percent: i32) -> f64 {
    f64::from(pixels) * 100.0 / f64::from(percent)
}

/// CSS pixels in pixels of the screen.
fn pixels(css: f64, percent: i32) -> i32 {
    (css * f64::from(percent) / 100.0).round() as i32
}

/// What the pointer's events are understood with.
struct Pointer {
    stage: NodeRef,
    view: Rc<FleetView>,
    grid: Grid,
    percent: i32,
    gesture: Rc<std::cell::RefCell<Gesture>>,
    hovered: UseStateSetter<Option<u32>>,
    cursor: UseStateSetter<Option<u32>>,
    on_select: Callback<Rc<str>>,
    go: Callback<Move>,
}

impl Pointer {
    fn heard(&self, event: &PointerEvent) {
        let Some(stage) = self.stage.cast::<Element>() else {
            return;
        };
        let (left, top) = canvas::point_on(&stage, event);
        let (x, y) = (pixels(left, self.percent), pixels(top, self.percent));
        let id = event.pointer_id();
        let mut gesture = self.gesture.borrow_mut();
        let meaning = match event.type_().as_str() {
            "pointerdown" if event.button() == 0 => {
                // Without it, a drag that leaves the map would never end.
                let _ = stage.set_pointer_capture(id);
                gesture.down(id, x, y, self.grid.pitch);
                Meaning::Nothing
            }
            "pointermove" => gesture.moved(id, x, y),
            "pointerup" => gesture.up(id, x, y),
            "pointercancel" => {
                gesture.cancel(id);
                Meaning::Nothing
            }
            "pointerleave" => {
                self.hovered.set(None);
                return;
            }
            _ => return,
        };
        match meaning {
            Meaning::Nothing => {}
            Meaning::Tap { x, y } => self.tap(x, y),
            Meaning::Pan { dx, dy } => self.go.emit(Move::Pan { dx, dy }),
            Meaning::Pinch {
                x,
                y,
                pitch,
                from,
                to,
            } => self.go.emit(Move::Pinch {
                x,
                y,
                pitch,
                from,
                to,
            }),
        }
        // A finger hides what it hovers over.
        let is_hovering = !gesture.is_active() && event.pointer_type() != "touch";
        self.hovered
            .set(is_hovering.then(|| self.grid.hit(x, y)).flatten());
    }

    fn tap(&self, x: i32, y: i32) {
        let index = self.grid.hit(x, y);
        if let Some(node) = index.and_then(|index| self.view.get(index)) {
            self.cursor.set(index);
            self.on_select.emit(node.name.clone());
        }
    }
}

/// What keys are understood with.
struct Keyboard {
    view: Rc<FleetView>,
    grid: Grid,
    percent: i32,
    /// Where the cursor is, and where it begins.
    at: Option<u32>,
    start: Option<u32>,
    cursor: UseStateSetter<Option<u32>>,
    hovered: UseStateSetter<Option<u32>>,
    on_select: Callback<Rc<str>>,
    go: Callback<Move>,
}

impl Keyboard {
    fn heard(&self, event: &KeyboardEvent) {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let key = event.key();
        let pan = PAN_STEP * self.percent / 100;
        let a_move = match (key.as_str(), event.shift_key()) {
            ("+" | "=", _) => Some(self.zoom(ZOOM_STEP)),
            ("-" | "_", _) => Some(self.zoom(-ZOOM_STEP)),
            ("0", _) => Some(Move::Fit),
            ("ArrowLeft", true) => Some(Move::Pan { dx: pan, dy: 0 }),
            ("ArrowRight", true) => Some(Move::Pan { dx: -pan, dy: 0 }),
            ("ArrowUp", true) => Some(Move::Pan { dx: 0, dy: pan }),
            ("ArrowDown", true) => Some(Move::Pan { dx: 0, dy: -pan }),
            _ => None,
        };
        if let Some(a_move) = a_move {
            event.prevent_default();
            self.go.emit(a_move);
        } else if let Some(step) = step(&key) {
            event.prevent_default();
            self.step(step);
        } else if matches!(key.as_str(), "Enter" | " ")
            && let Some(node) = self.at.and_then(|index| self.view.get(index))
        {
            event.prevent_default();
            self.on_select.emit(node.name.clone());
        }
    }

    /// Zooms at the cursor if it can be seen.
    fn zoom(&self, by: i32) -> Move {
        match self.at.filter(|index| self.grid.is_visible(*index)) {
            None => zoom_at_middle(self.grid, by),
            Some(index) => {
                let cell = self.grid.cell(index);
                Move::Zoom {
                    x: cell.left + cell.width / 2,
                    y: cell.top + cell.height / 2,
                    by,
                }
            }
        }
    }

    /// The first key shows where the cursor is, the next ones move it.
    fn step(&self, step: Step) {
        let to = match self.at {
            Some(at) => Some(self.grid.step(at, step)),
            None => self.start,
        };
        self.cursor.set(to);
        // The tip of a pointer that lies about somewhere would be in the way.
        self.hovered.set(None);
        if let Some(index) = to {
            self.go.emit(Move::Reveal { index });
        }
    }
}

fn step(key: &str) -> Option<Step> {
    Some(match key {
        "ArrowLeft" => Step::Left,
        "ArrowRight" => Step::Right,
        "ArrowUp" => Step::Up,
        "ArrowDown" => Step::Down,
        "Home" => Step::RowStart,
        "End" => Step::RowEnd,
        "PageUp" => Step::First,
        "PageDown" => Step::Last,
        _ => return None,
    })
}

/// Tells the size of the stage, now and when it changes.
#[hook]
fn use_size(stage: &NodeRef, tell: impl Fn(Move) + 'static) {
    let stage = stage.clone();
    use_effect_with((), move |()| {
        let watch = stage.cast::<Element>().and_then(|element| {
            let watched = element.clone();
            canvas::watch_size(&watched, move || {
                let ratio = canvas::pixel_ratio();
                let scaled = |css: i32| (f64::from(css) * ratio).round() as i32;
                tell(Move::Resize {
                    width: scaled(element.client_width()),
                    height: scaled(element.client_height()),
                    percent: (ratio * 100.0).round() as i32,
                });
            })
        });
        move || drop(watch)
    });
}

/// Tells the page's colours, now and when they change.
#[hook]
fn use_palette(stage: &NodeRef, tell: impl Fn(Palette) + Clone + 'static) {
    let stage = stage.clone();
    use_effect_with((), move |()| {
        let read = move || {
            if let Some(element) = stage.cast::<Element>() {
                tell(Palette::read(&element));
            }
        };
        read();
        let watch = canvas::watch_theme(read);
        move || drop(watch)
    });
}

/// Keeps the canvas up to date.
#[hook]
fn use_painter(
    surface: &NodeRef,
    view: &Rc<FleetView>,
    grid: Grid,
    percent: i32,
    palette: Option<Rc<Palette>>,
) {
    let painter = use_mut_ref(|| None::<Painter>);
    let surface = surface.clone();
    use_effect_with((view.clone(), grid, percent, palette), move |deps| {
        let (view, grid, percent, palette) = deps;
        let mut painter = painter.borrow_mut();
        if painter.is_none() {
            *painter = surface.cast::<HtmlCanvasElement>().and_then(Painter::new);
        }
        // Before the first size is known there is nothing to paint on.
        if let (Some(painter), Some(palette)) = (painter.as_mut(), palette)
            && grid.width > 1
        {
            painter.paint(view, *grid, *percent, palette);
        }
    });
}

/// Zooms by wheel, unless that would do nothing: then the page scrolls.
#[hook]
fn use_wheel(stage: &NodeRef, grid: Grid, percent: i32, go: impl Fn(Move) + 'static) {
    let stage = stage.clone();
    let deps = (grid.count, grid.can_grow, grid.can_shrink, percent);
    use_effect_with(deps, move |deps| {
        let (_, can_grow, can_shrink, percent) = *deps;
        let listener = stage.cast::<Element>().map(|element| {
            let stage = element.clone();
            canvas::on_wheel(&element, move |event| {
                let by = wheel_zoom(event.delta_y(), event.delta_mode(), event.ctrl_key());
                if by > 0 && !can_grow || by < 0 && !can_shrink {
                    return;
                }
                event.prevent_default();
                let (left, top) = canvas::point_on(&stage, event);
                go(Move::Zoom {
                    x: pixels(left, percent),
                    y: pixels(top, percent),
                    by,
                });
            })
        });
        move || drop(listener)
    });
}

/// How much a turn of the wheel zooms, in 1/256: a notch is 100 pixels, or three lines in some browsers.
///
/// Two fingers on a touchpad arrive as a wheel with Ctrl, in small portions.
fn wheel_zoom(delta: f64, mode: u32, is_pinch: bool) -> i32 {
    let pixels = match mode {
        1 => delta * 33.0,
        2 => delta * 400.0,
        _ => delta,
    };
    let factor = if is_pinch { 3.0 } else { 0.5 };
    (-pixels * factor).clamp(-256.0, 256.0).round() as i32
}
