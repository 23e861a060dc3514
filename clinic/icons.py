"""Our own line drawings on a 24 × 24 grid; `{% icon "check" %}` puts one into a page, hidden from readers."""

DRAWINGS = {
    # where a booking stands
    "ring": '<circle cx="12" cy="12" r="8"/>',
    "check": '<path d="M5 12.5 10 17.5 19.5 7"/>',
    "dot": '<circle class="solid" cx="12" cy="12" r="7"/>',
    "play": '<path class="solid" d="M8 5.5v13l10-6.5z"/>',
    "block": '<rect class="solid" x="6" y="6" width="12" height="12" rx="1.5"/>',
    "cross": '<path d="M6 6l12 12M18 6 6 18"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3.2 2"/>',
    "pause": '<path d="M8.5 6v12M15.5 6v12"/>',
    "eye": '<path d="M2.5 12S6 5.8 12 5.8 21.5 12 21.5 12 18 18.2 12 18.2 2.5 12 2.5 12z"/>'
    '<circle class="solid" cx="12" cy="12" r="2.4"/>',
    "drop": '<path d="M12 3.5c3.4 4.2 5.8 7 5.8 10.2a5.8 5.8 0 0 1-11.6 0C6.2 10.5 8.6 7.7 12 3.5z"/>',
    "dashed": '<circle cx="12" cy="12" r="8" stroke-dasharray="3.2 3.2"/>',
    # what needs somebody
    "warning": '<path d="M12 4 2.8 19.5h18.4zM12 10v4.2"/><path d="M12 17v.1"/>',
    "person": '<circle cx="12" cy="8" r="3.8"/><path d="M4.5 20c.8-4 3.7-6 7.5-6s6.7 2 7.5 6"/>',
    "question": '<path d="M8.5 9a3.6 3.6 0 1 1 5.2 3.2c-1.2.6-1.7 1.3-1.7 2.6"/><path d="M12 18.5v.1"/>',
    "info": '<circle cx="12" cy="12" r="8.8"/><path d="M12 11.2V16.5"/><path d="M12 7.8v.1"/>',
    "form": '<rect x="5" y="4.5" width="14" height="16" rx="2"/>'
    '<path d="M9 3.5h6v2.6H9zM8.5 11h7M8.5 15h4.5"/>',
    "star": '<path d="m12 4 2.4 5.2 5.6.6-4.2 3.8 1.2 5.6-5-2.9-5 2.9 1.2-5.6L4 9.8l5.6-.6z"/>',
    "lock": '<rect x="5.5" y="10.5" width="13" height="9.5" rx="2"/>'
    '<path d="M8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5"/>',
    # what a link or button does
    "phone": '<path d="M6 3.8h3l1.6 4.2-2.2 1.5a11.5 11.5 0 0 0 6.1 6.1l1.5-2.2 4.2 1.6v3a2 2 0 0 1-2.2 2'
    'A16.6 16.6 0 0 1 4 6a2 2 0 0 1 2-2.2z"/>',
    "chat": '<path d="M4.5 19.5 5.6 16A8 8 0 1 1 8.6 18.7z"/>',
    "calendar": '<rect x="4" y="5.5" width="16" height="14.5" rx="2"/>'
    '<path d="M4 10h16M8.5 3.5v4M15.5 3.5v4"/>',
    "pin": '<path d="M12 21c-4.4-4.7-6.6-8.1-6.6-11a6.6 6.6 0 0 1 13.2 0c0 2.9-2.2 6.3-6.6 11z"/>'
    '<circle cx="12" cy="10" r="2.2"/>',
    "pencil": '<path d="M4.5 19.5l1-4L16.2 4.8a1.8 1.8 0 0 1 2.6 0l.4.4a1.8 1.8 0 0 1 0 2.6L8.5 18.5z"/>',
    "undo": '<path d="M8.5 5 4.5 9l4 4"/><path d="M4.5 9h9.2a5.3 5.3 0 0 1 0 10.6H8"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6"/><path d="m15 15 5 5"/>',
    "camera": '<path d="M3.5 8h4l1.5-2.5h6L16.5 8h4v11h-17z"/><circle cx="12" cy="13" r="3.4"/>',
    "left": '<path d="M14.5 5.5 8 12l6.5 6.5"/>',
    "right": '<path d="M9.5 5.5 16 12l-6.5 6.5"/>',
    "arrow": '<path d="M4.5 12h14M13 6.5 18.5 12 13 17.5"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
}
