//! Walks part of a page in page order, leaving out whole branches.

use std::ops::Deref;

use scraper::ElementRef;

/// A node of the page. scraper does not export the type itself.
pub(super) type NodeRef<'a> = <ElementRef<'a> as Deref>::Target;

/// All nodes below `root` in page order, without the elements (and all below them) for which `left_out` holds.
///
/// Goes by the links between nodes, never by recursion: pages nest deeper than threads have stack.
pub(super) fn walk<'a, F>(root: ElementRef<'a>, left_out: F) -> impl Iterator<Item = NodeRef<'a>>
where
    F: Fn(ElementRef<'a>) -> bool,
{
    let mut next = root.first_child();
    std::iter::from_fn(move || {
        loop {
            let node = next?;
            let is_left_out = ElementRef::wrap(node).is_some_and(&left_out);
            let below = if is_left_out { None } else { node.first_child() };
            next = below.or_else(|| after(node, *root));
            if !is_left_out {
                return Some(node);
            }
        }
    })
}

/// The elements among them.
pub(super) fn elements<'a, F>(root: ElementRef<'a>, left_out: F) -> impl Iterator<Item = ElementRef<'a>>
where
    F: Fn(ElementRef<'a>) -> bool,
{
    walk(root, left_out).filter_map(ElementRef::wrap)
}

/// The node that follows a node and all below it.
fn after<'a>(node: NodeRef<'a>, root: NodeRef<'a>) -> Option<NodeRef<'a>> {
    let mut place = node;
    while place != root {
        if let Some(sibling) = place.next_sibling() {
            return Some(sibling);
        }
        place = place.parent()?;
    }
    None
}

/// The elements around an element, from the inside out.
pub(super) fn around<'a>(element: ElementRef<'a>) -> impl Iterator<Item = ElementRef<'a>> {
    element.ancestors().filter_map(ElementRef::wrap)
}
