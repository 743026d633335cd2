// <insight-chart> draws the table inside it with Chart.js and folds the table away; without JavaScript the table stays as it is.
import { lineLooks, barLooks, endLabels, segmentLabels } from "./chart-marks.js";

const ROOMY = 560;

class InsightChart extends HTMLElement {
  async connectedCallback() {
    const table = this.querySelector("table");
    if (!table || this.querySelector("canvas")) return;
    await import(this.dataset.library);
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `${this.dataset.name}的图，数据见下面的表`);
    const frame = document.createElement("div");
    frame.className = "chart__frame";
    frame.append(canvas);
    this.prepend(frame);
    this.querySelector("details").open = false;
    const shown = this.read(table);
    if (this.dataset.kind !== "lines") frame.classList.add(`chart__frame--rows-${Math.min(shown.labels.length, 20)}`);
    this.chart = new globalThis.Chart(canvas, this.dataset.kind === "lines" ? this.lines(shown) : this.bars(shown));
    this.setAttribute("data-drawn-from", "table");
  }

  disconnectedCallback() {
    this.chart?.destroy();
  }

  // What the chart shows is what stands in the table, cell by cell.
  read(table) {
    const columns = this.dataset.columns.split(",").map(Number);
    const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
    const rows = [...table.tBodies[0].rows];
    const number = (row, column) => Number.parseFloat(row.cells[column].dataset.value ?? "0");
    return {
      labels: rows.map((row) => row.cells[0].textContent.trim().replace(/^\d{4}-(\d\d)-(\d\d)$/, "$1-$2")),
      series: columns.map((column) => ({ label: heads[column], data: rows.map((row) => number(row, column)) })),
    };
  }

  lines({ labels, series }) {
    const roomy = this.clientWidth >= ROOMY;
    return {
      type: "line",
      data: { labels, datasets: series.map((each, place) => ({ ...each, ...lineLooks(this, place, labels.length) })) },
      options: this.options(!roomy, {
        layout: { padding: { right: roomy ? 8 + 13 * Math.max(...series.map((each) => each.label.length)) : 8, top: 8 } },
        scales: {
          x: { grid: { display: false }, ticks: { autoSkipPadding: 16, maxRotation: 0 } },
          y: { beginAtZero: true, ticks: { precision: 0 }, title: { display: true, text: this.dataset.unit } },
        },
      }),
      plugins: roomy ? [endLabels] : [],
    };
  }

  bars({ labels, series }) {
    const stacked = this.dataset.kind === "stacked";
    return {
      type: "bar",
      data: { labels, datasets: series.map((each, place) => ({ ...each, ...barLooks(this, place) })) },
      options: this.options(true, {
        indexAxis: "y",
        scales: {
          x: { stacked, beginAtZero: true, ticks: { precision: 0 }, title: { display: true, text: this.dataset.unit } },
          y: { stacked, grid: { display: false } },
        },
      }),
      plugins: [segmentLabels],
    };
  }

  options(legend, more) {
    // Nothing moves: there is nothing to see in a movement, and some must not see one.
    return {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      font: { family: getComputedStyle(this).fontFamily },
      interaction: { mode: "index", intersect: false },
      plugins: { legend: { display: legend, position: "bottom", labels: { usePointStyle: this.dataset.kind === "lines" } } },
      ...more,
    };
  }
}

customElements.define("insight-chart", InsightChart);
