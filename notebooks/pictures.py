"""How the notebooks draw: one style, colours that colour-blind readers tell apart, a mark for what rests on little."""

import matplotlib.pyplot as plt
import numpy as np

BLUE, PALE, RED, GREY = "#2f62a8", "#c3d3e8", "#b3261e", "#5d646e"  # those of the report
#: Lines of one picture, each with its dashes, so that they can be told apart without colours too.
LINES = {BLUE: "-", "#e69f00": "--", "#8c2d6a": "-.", "#009e73": (0, (5, 1, 1, 1, 1, 1)), GREY: ":"}
#: What rests on fewer is grey or hatched: the 95 % bounds of a rate of 30 are up to 34 points apart.
FEW = 30

plt.rcParams |= {
    "figure.dpi": 110, "figure.titleweight": "bold", "figure.titlesize": "large",
    "axes.titlelocation": "left", "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False,
    "axes.grid": True, "axes.grid.axis": "y", "axes.axisbelow": True, "grid.color": "#e3e5e8",
    "text.parse_math": False,  # `$` in a name is a character and no formula
}  # fmt: skip


def draw(title, x="", y="", height=4, **panels):
    """The axes of a picture whose title is the answer; `ncols=2` and the like make several."""
    figure, axes = plt.subplots(figsize=(11, height), layout="constrained", **panels)
    figure.suptitle(title, x=0.01, horizontalalignment="left")
    for panel in np.ravel(axes):
        panel.set(xlabel=x, ylabel=y)
        panel.yaxis.set_major_formatter("{x:,.0f}")
    return axes


def name(text, longest=26):
    """A name as a label: so long that it fits beside its bar."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def dates(axes, days, places=None, most=9):
    """Name so many of the days (or weeks) below the axis that the names have room."""
    step = -(-len(days) // most)
    axes.set_xticks(list(places or days)[::step], [f"{day:%-d %b %Y}" for day in days[::step]], fontsize=8)


def matrix(axes, shares, texts, few, colours):
    """Shares as coloured cells with their texts; one that rests on `few` is hatched, one without a share is empty."""
    known = shares.mask(few)
    most = np.nanmax(known.to_numpy(), initial=0.01)
    axes.imshow(known, aspect="auto", cmap=colours, vmin=0, vmax=most / 0.55)  # black on the darkest can be read
    for row, column in np.argwhere(shares.notna()):
        if few.iloc[row, column]:
            corner = (column - 0.5, row - 0.5)
            axes.add_patch(plt.Rectangle(corner, 1, 1, fill=False, edgecolor="#dcdfe3", hatch="///", linewidth=0))
        axes.text(column, row, texts.iloc[row, column], ha="center", va="center", fontsize=9)
    axes.set_xticks(range(shares.shape[1]), [name(str(label), 16) for label in shares.columns])
    axes.set_yticks(range(shares.shape[0]), [name(str(label)) for label in shares.index])
    axes.grid(visible=False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
