// How series of a chart are told apart without colour: dashes and point shapes of lines, patterns of bars, words beside both.

const COLOURS = ["--primary", "--danger", "--good", "--notice", "--ink-soft", "--primary-deep"];
const DASHES = [[], [7, 4], [2, 3], [10, 4, 2, 4], [14, 5], [4, 8]];
const POINTS = ["circle", "rectRot", "triangle", "rect", "crossRot", "star"];
const MANY_POINTS = 45;
const LINE = 15;

function colour(element, place) {
  return getComputedStyle(element).getPropertyValue(COLOURS[place % COLOURS.length]).trim();
}

export function lineLooks(element, place, points) {
  const ink = colour(element, place);
  return {
    borderColor: ink,
    backgroundColor: ink,
    borderWidth: 2,
    borderDash: DASHES[place % DASHES.length],
    pointStyle: POINTS[place % POINTS.length],
    pointRadius: points > MANY_POINTS ? 1.5 : 4,
    pointBackgroundColor: place % 2 ? "#fff" : ink,
  };
}

export function barLooks(element, place) {
  const ink = colour(element, place);
  return { backgroundColor: pattern(ink, place), borderColor: ink, borderWidth: 1.5, maxBarThickness: 28 };
}

// Solid, slanted, dotted, upright, slanted the other way: on white, so that they differ in print as well.
function pattern(ink, place) {
  if (place === 0) return ink;
  const tile = document.createElement("canvas");
  tile.width = tile.height = 10;
  const pen = tile.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, 10, 10);
  pen.strokeStyle = pen.fillStyle = ink;
  pen.lineWidth = 2;
  pen.beginPath();
  const strokes = { 1: [[0, 10, 10, 0]], 3: [[5, 0, 5, 10]], 4: [[0, 0, 10, 10]], 5: [[0, 5, 10, 5]] }[place % 6];
  for (const [fromX, fromY, toX, toY] of strokes ?? []) {
    pen.moveTo(fromX, fromY);
    pen.lineTo(toX, toY);
  }
  if (!strokes) pen.arc(5, 5, 2, 0, 7);
  strokes ? pen.stroke() : pen.fill();
  return pen.createPattern(tile, "repeat");
}

// The name of each line at its end, pushed apart where lines end close together.
export const endLabels = {
  id: "endLabels",
  afterDatasetsDraw(chart) {
    const { ctx, data, chartArea } = chart;
    const ends = data.datasets.map((set, place) => ({ set, point: chart.getDatasetMeta(place).data.at(-1) })).filter((end) => end.point);
    ends.sort((one, other) => one.point.y - other.point.y);
    let last = -Infinity;
    for (const end of ends) last = end.y = Math.max(end.point.y, last + LINE);
    const below = Math.max(0, last - chartArea.bottom);
    ctx.save();
    ctx.font = `12px ${getComputedStyle(chart.canvas).fontFamily}`;
    ctx.textBaseline = "middle";
    for (const { set, point, y } of ends) {
      ctx.fillStyle = set.borderColor;
      ctx.fillText(set.label, point.x + 9, y - below);
    }
    ctx.restore();
  },
};

// The number on each stretch of a bar that has room for it, on white, so that it can be read on every pattern.
export const segmentLabels = {
  id: "segmentLabels",
  afterDatasetsDraw(chart) {
    const { ctx, data } = chart;
    ctx.save();
    ctx.font = `12px ${getComputedStyle(chart.canvas).fontFamily}`;
    ctx.textBaseline = "middle";
    ctx.textAlign = "center";
    data.datasets.forEach((set, place) => {
      chart.getDatasetMeta(place).data.forEach((bar, row) => {
        const words = String(set.data[row]);
        const room = ctx.measureText(words).width + 6;
        if (!set.data[row] || bar.width < room + 2) return;
        const middle = bar.x - bar.width / 2;
        ctx.fillStyle = "#fff";
        ctx.fillRect(middle - room / 2, bar.y - 8, room, 16);
        ctx.fillStyle = "#16212e";
        ctx.fillText(words, middle, bar.y + 1);
      });
    });
    ctx.restore();
  },
};
