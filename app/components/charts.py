"""Charts in the colors of the page. Pure: numbers in, Plotly figure out."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from app.theme import COLORS, Mode


def rates(arms: Sequence[tuple[str, float, float, float]], mode: Mode) -> go.Figure:
    """Rates with their intervals, one line per arm. `arms` is (name, rate, low, high), rates from 0 to 1."""
    colors = COLORS[mode]
    figure = go.Figure()
    tones = [colors["accent"], colors["ink"], colors["muted"], colors["warn"]]
    for i, (name, rate, low, high) in enumerate(arms):
        tone = tones[i % len(tones)]
        figure.add_scatter(
            x=[100 * rate],
            y=[name],
            error_x={
                "array": [100 * (high - rate)],
                "arrayminus": [100 * (rate - low)],
                "thickness": 2,
                "width": 7,
                "color": tone,
            },
            mode="markers",
            marker={"size": 12, "color": tone},
            hovertemplate=f"{name}<br>%{{x:.1f}} % ({100 * low:.1f} to {100 * high:.1f})<extra></extra>",
            showlegend=False,
        )
    figure.update_layout(
        height=90 + 64 * max(1, len(arms)),
        margin={"l": 8, "r": 24, "t": 8, "b": 40},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "Inter Variable, sans-serif", "size": 13, "color": colors["muted"]},
        xaxis={
            "ticksuffix": " %",
            "gridcolor": colors["line"],
            "zeroline": False,
            "rangemode": "tozero",
            "fixedrange": True,
        },
        yaxis={
            "autorange": "reversed",
            "fixedrange": True,
            "automargin": True,
            "tickfont": {"color": colors["ink"]},
        },
    )
    return figure
