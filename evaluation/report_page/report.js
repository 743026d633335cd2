// Draws each chart from the numbers that stand beside it. Without scripts the tables below say the same.
"use strict";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Intervals as whiskers, goals as upright strokes, the baseline as a hollow dot, over the bars. */
const marks = (numbers) => ({
  id: "marks",
  afterDatasetsDraw(chart) {
    const { ctx, scales } = chart;
    const at = (value) => scales.x.getPixelForValue(value);
    ctx.save();
    chart.getDatasetMeta(0).data.forEach((bar, row) => {
      const half = bar.height / 2;
      const line = (x1, y1, x2, y2, width, stroke) => {
        ctx.lineWidth = width;
        ctx.strokeStyle = stroke;
        ctx.beginPath();
        ctx.moveTo(x1, y1);
        ctx.lineTo(x2, y2);
        ctx.stroke();
      };
      if (numbers.low[row] !== null) {
        const [low, high] = [at(numbers.low[row]), at(numbers.high[row])];
        line(low, bar.y, high, bar.y, 1.5, colour("--ink"));
        for (const end of [low, high]) line(end, bar.y - 4, end, bar.y + 4, 1.5, colour("--ink"));
      }
      if (numbers.goals[row] !== null) {
        const goal = at(numbers.goals[row]);
        line(goal, bar.y - half - 3, goal, bar.y + half + 3, 3, colour("--goal"));
      }
      if (numbers.before[row] !== null) {
        ctx.lineWidth = 2;
        ctx.strokeStyle = colour("--danger");
        ctx.fillStyle = colour("--paper");
        ctx.beginPath();
        ctx.arc(at(numbers.before[row]), bar.y + half, 4, 0, 2 * Math.PI);
        ctx.fill();
        ctx.stroke();
      }
    });
    ctx.restore();
  },
});

/** A label of more than `most` characters on two lines or more; what stands in brackets is in the table. */
const wrapped = (label, most) => label.replace(/（.*）/u, "").match(new RegExp(`.{1,${most}}`, "gu"));

for (const figure of document.querySelectorAll("[data-chart]")) {
  const numbers = JSON.parse(figure.querySelector("script").textContent);
  const narrow = figure.clientWidth < 560;
  figure.style.height = `${numbers.labels.length * (narrow ? 46 : 34) + 40}px`;
  new Chart(figure.querySelector("canvas"), {
    type: "bar",
    data: {
      labels: numbers.labels.map((label) => wrapped(label, narrow ? 8 : 22)),
      datasets: [{ data: numbers.values, backgroundColor: `${colour("--primary")}b3`, barPercentage: 0.62, borderRadius: 3 }],
    },
    options: {
      indexAxis: "y",
      animation: false,
      maintainAspectRatio: false,
      layout: { padding: { right: 12 } },
      scales: {
        x: { min: 0, max: 100, ticks: { callback: (value) => `${value}%`, stepSize: narrow ? 25 : 10 }, grid: { color: colour("--line") } },
        y: { grid: { display: false }, ticks: { color: colour("--ink"), font: { size: narrow ? 12 : 13 }, autoSkip: false } },
      },
      plugins: {
        legend: { display: false },
        tooltip: { callbacks: { title: ([item]) => numbers.labels[item.dataIndex], label: (item) => `${item.parsed.x}%` } },
      },
    },
    plugins: [marks(numbers)],
  });
}

const LOOKS = [
  { colour: "--primary", point: "circle" },
  { colour: "--good", point: "rect" },
  { colour: "--focus", point: "triangle" },
  { colour: "--danger", point: "rectRot" },
  { colour: "--ink-soft", point: "cross" },
];
const STROKES = { service: [], limit: [6, 4], goal: [2, 3] };

/** One line of a chart: what was measured is drawn through, what limits it is dashed, goals are dotted. */
const line = ({ label, values, kind, look }) => {
  const { colour: name, point } = LOOKS[look % LOOKS.length];
  const shade = colour(kind === "goal" ? "--goal" : kind === "limit" ? "--ink-soft" : name);
  return {
    label,
    data: values,
    borderColor: shade,
    backgroundColor: shade,
    borderDash: STROKES[kind],
    borderWidth: kind === "service" ? 2.5 : 1.75,
    pointStyle: kind === "goal" ? "line" : point,
    pointRadius: { service: 5, limit: 4, goal: 0 }[kind],
    spanGaps: true,
  };
};

for (const figure of document.querySelectorAll("[data-lines]")) {
  const numbers = JSON.parse(figure.querySelector("script").textContent);
  const narrow = figure.clientWidth < 420;
  figure.style.height = `${narrow ? 320 : 300}px`;
  new Chart(figure.querySelector("canvas"), {
    type: "line",
    data: { labels: numbers.x, datasets: numbers.series.map(line) },
    options: {
      animation: false,
      maintainAspectRatio: false,
      scales: {
        x: { title: { display: true, text: numbers.x_title }, grid: { display: false } },
        y: {
          type: numbers.log ? "logarithmic" : "linear",
          beginAtZero: !numbers.log,
          title: { display: true, text: numbers.unit },
          grid: { color: colour("--line") },
          ticks: { maxTicksLimit: 8, callback: (value) => value.toLocaleString("zh-CN") },
        },
      },
      plugins: {
        legend: { position: "bottom", labels: { usePointStyle: true, boxHeight: 7, font: { size: narrow ? 11 : 12 } } },
        tooltip: { callbacks: { label: (item) => `${item.dataset.label}：${item.formattedValue} ${numbers.unit}` } },
      },
    },
  });
}
