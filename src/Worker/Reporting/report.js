"use strict";
(() => {
  const percent = value => (100 * value).toFixed(1) + " %";
  const width = element => Math.max(280, Math.min(960, element.clientWidth));
  const common = element => ({ width: width(element), style: { background: "transparent", fontSize: "12px" } });
  const draw = {
    losses: (points, element) => Plot.plot({
      ...common(element), height: 280, x: { label: "step" }, y: { label: "loss", grid: true, zero: true }, color: { legend: true, domain: ["training", "validation"], range: ["#4e8ccf", "#e07b39"] },
      marks: [
        Plot.lineY(points.filter(point => point.training !== null), Plot.windowY(Math.max(1, Math.round(points.length / 60)), { x: "step", y: "training", stroke: () => "training" })),
        Plot.lineY(points.filter(point => point.validation !== null), { x: "step", y: "validation", stroke: () => "validation", marker: "dot" }),
      ],
    }),
    bars: (points, element) => Plot.plot({
      ...common(element), height: 60 + 26 * points.length, marginLeft: Math.min(190, width(element) / 2.6), marginRight: 60,
      x: { label: "right", domain: [0, 1], tickFormat: "%", grid: true }, y: { label: null, domain: points.map(point => point.name) },
      marks: [
        Plot.barX(points, { x: "value", y: "name", fill: point => (point.main ? "#2f8f63" : "#7d8aa0"), fillOpacity: 0.8 }),
        Plot.ruleY(points, { x1: "low", x2: "high", y: "name", strokeWidth: 2 }),
        Plot.text(points, { x: "high", y: "name", text: point => percent(point.value), textAnchor: "start", dx: 6, fill: "currentColor" }),
      ],
    }),
    calibration: (points, element) => Plot.plot({
      ...common(element), width: Math.min(420, width(element)), height: 320, grid: true, x: { label: "confidence", domain: [0, 1], tickFormat: "%" }, y: { label: "right", domain: [0, 1], tickFormat: "%" },
      marks: [
        Plot.link([0], { x1: 0, y1: 0, x2: 1, y2: 1, strokeDasharray: "4,4", strokeOpacity: 0.6 }),
        Plot.line(points, { x: "confidence", y: "accuracy", stroke: "#4e8ccf" }),
        Plot.dot(points, { x: "confidence", y: "accuracy", r: "rows", fill: "#4e8ccf", title: point => point.rows + " rows" }),
      ],
    }),
    sizes: (points, element) => Plot.plot({
      ...common(element), height: 260, grid: true, x: { label: "training rows" }, y: { label: "right", tickFormat: "%" }, color: { legend: true },
      marks: [Plot.lineY(points, { x: "rows", y: "accuracy", stroke: "name", marker: "dot" })],
    }),
  };

  const render = () => {
    for (const element of document.querySelectorAll("[data-chart]")) {
      const chart = JSON.parse(element.dataset.chart);
      element.replaceChildren(draw[chart.kind](chart.points, element));
    }
  };

  for (const input of document.querySelectorAll("input[data-filter]")) {
    const rows = document.querySelectorAll("#" + input.dataset.filter + " tbody tr");
    const count = document.getElementById(input.dataset.filter + "-count");
    input.addEventListener("input", () => {
      const wanted = input.value.toLowerCase();
      let shown = 0;
      for (const row of rows) {
        row.hidden = !row.textContent.toLowerCase().includes(wanted);
        shown += row.hidden ? 0 : 1;
      }

      count.textContent = shown + " rows";
    });
  }

  let drawnWidth = 0;
  const redraw = () => {
    if (document.body.clientWidth !== drawnWidth) {
      drawnWidth = document.body.clientWidth;
      render();
    }
  };
  redraw();
  window.addEventListener("resize", redraw);
})();
