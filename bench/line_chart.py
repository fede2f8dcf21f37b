"""Line charts as SVG, with nothing but the standard library."""

from xml.sax.saxutils import escape

WIDTH, HEIGHT = 760, 400
LEFT, RIGHT, TOP, BOTTOM = 60, 190, 46, 50
COLOURS = ["#2563eb", "#dc2626", "#059669", "#d97706", "#7c3aed", "#475569"]


def line_chart(title, x_label, y_label, lines, y_range, marks=()):
    """`lines`: (name, [(x, y), …]); `marks`: (name, y) of dashed lines. The chart as a text."""
    low, high = y_range
    xs = [x for _, points in lines for x, _ in points]
    x_low, x_high = min(xs), max(xs)

    def place(x, y):
        across = (x - x_low) / (x_high - x_low)
        up = (min(max(y, low), high) - low) / (high - low)
        return (LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM))

    def text(x, y, what, anchor="middle", size=12, more=""):
        return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
                f'fill="#334155" {more}>{escape(what)}</text>')

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
           f'font-family="system-ui, sans-serif"><rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
           text(LEFT, 24, title, "start", 15)]
    right = WIDTH - RIGHT
    for i in range(6):
        value = low + (high - low) * i / 5
        _, y = place(x_low, value)
        out.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="#e2e8f0"/>')
        out.append(text(LEFT - 8, y + 4, f"{value:.1f}", "end"))
        moment = x_low + (x_high - x_low) * i / 5
        x, _ = place(moment, low)
        out.append(text(x, HEIGHT - BOTTOM + 18, f"{moment:,.0f}"))
    out.append(text((LEFT + right) / 2, HEIGHT - 12, x_label))
    out.append(text(16, (TOP + HEIGHT - BOTTOM) / 2, y_label,
                    more=f'transform="rotate(-90 16 {(TOP + HEIGHT - BOTTOM) / 2:.0f})"'))
    for name, value in marks:
        _, y = place(x_low, value)
        out.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="#0f172a" '
                   f'stroke-dasharray="5 4"/>')
        out.append(text(right + 8, y + 4, name, "start"))
    for number, (name, points) in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*p) for p in points))
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        y = HEIGHT - BOTTOM - 18 * (len(lines) - number)
        out.append(f'<line x1="{right + 10}" y1="{y}" x2="{right + 32}" y2="{y}" '
                   f'stroke="{colour}" stroke-width="3"/>')
        out.append(text(right + 38, y + 4, name, "start"))
    return "\n".join(out) + "\n</svg>\n"
