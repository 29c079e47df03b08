/** Where the types of a schema stand in its picture: springs along relationships, push between all, none on another. */

const ROUNDS = 400;
const GOLDEN = Math.PI * (3 - Math.sqrt(5));
const GAP = { x: 124, y: 92 }; // from centre to centre; names are wide

/** Positions by name, the same for the same schema, within `width` × `height` less `margin`. */
export function layOut(names, links, { width, height, margin }) {
  const points = names.map((name, index) => ({
    name,
    x: Math.cos(index * GOLDEN) * (1 + index),
    y: Math.sin(index * GOLDEN) * (1 + index),
  }));
  const byName = new Map(points.map((point) => [point.name, point]));
  const pulls = links.filter(([from, to]) => from !== to).map(([from, to]) => [byName.get(from), byName.get(to)]);
  for (let round = 0; round < ROUNDS; round += 1) move(points, pulls, 0.6 * (1 - round / ROUNDS));
  turnToWidth(points);
  bendFlat(points);
  const places = fit(points, width, height, margin);
  for (let round = 0; round < ROUNDS; round += 1) keepApart([...places.values()], { width, height, margin });
  return places;
}

/** How high a picture must be for so many types to stand beside each other. */
export const heightFor = (number, width, margin) =>
  Math.ceil(2 * margin.y + (1.3 * number * GAP.x * GAP.y) / (width - 2 * margin.x));

function keepApart(places, { width, height, margin }) {
  places.forEach((one, index) => {
    for (const other of places.slice(index + 1)) {
      const [dx, dy] = [other.x - one.x || 0.1, other.y - one.y || 0.1];
      const lacking = 1 / Math.hypot(dx / GAP.x, dy / GAP.y) - 1;
      if (lacking <= 0) continue;
      add(one, dx, dy, -0.3 * Math.min(lacking, 2));
      add(other, dx, dy, 0.3 * Math.min(lacking, 2));
    }
  });
  for (const place of places) {
    place.x = Math.min(width - margin.x, Math.max(margin.x, place.x));
    place.y = Math.min(height - margin.y, Math.max(margin.y, place.y));
  }
}

function move(points, pulls, step) {
  const forces = new Map(points.map((point) => [point, { x: -point.x * 0.02, y: -point.y * 0.02 }]));
  for (const one of points) {
    for (const other of points) {
      if (one === other) continue;
      const [dx, dy] = [one.x - other.x, one.y - other.y];
      const square = Math.max(0.01, dx * dx + dy * dy);
      add(forces.get(one), dx / square, dy / square, 4);
    }
  }
  for (const [from, to] of pulls) {
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    add(forces.get(from), dx, dy, 0.25);
    add(forces.get(to), -dx, -dy, 0.25);
  }
  for (const [point, force] of forces) {
    const length = Math.hypot(force.x, force.y);
    const scale = (step * Math.min(length, 2)) / Math.max(length, 1e-9);
    point.x += force.x * scale;
    point.y += force.y * scale;
  }
}

function add(vector, x, y, weight) {
  vector.x += x * weight;
  vector.y += y * weight;
}

/** Turns the longest extent into the horizontal: names need width. */
function turnToWidth(points) {
  const middle = { x: mean(points.map((point) => point.x)), y: mean(points.map((point) => point.y)) };
  const offsets = points.map((point) => [point.x - middle.x, point.y - middle.y]);
  const sum = (term) => offsets.reduce((total, offset) => total + term(offset), 0);
  const angle =
    -0.5 *
    Math.atan2(
      2 * sum(([x, y]) => x * y),
      sum(([x, y]) => x * x - y * y),
    );
  points.forEach((point, index) => {
    const [x, y] = offsets[index];
    point.x = x * Math.cos(angle) - y * Math.sin(angle);
    point.y = x * Math.sin(angle) + y * Math.cos(angle);
  });
}

/** A chain would lie flat and leave no room for the names on its arrows: it becomes a zigzag. */
function bendFlat(points) {
  const extent = (axis) =>
    Math.max(...points.map((point) => point[axis])) - Math.min(...points.map((point) => point[axis]));
  if (points.length < 3 || extent("y") > 0.3 * extent("x")) return;
  const reach = 0.3 * extent("x");
  [...points]
    .sort((one, other) => one.x - other.x)
    .forEach((point, index) => {
      point.y += index % 2 ? reach : 0;
    });
}

function fit(points, width, height, margin) {
  const scaleOf = (axis, room) => {
    const values = points.map((point) => point[axis]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const stretch = high - low > 0.5 ? (room - 2 * margin[axis]) / (high - low) : 0;
    return (value) => (stretch ? margin[axis] + (value - low) * stretch : room / 2);
  };
  const [placeX, placeY] = [scaleOf("x", width), scaleOf("y", height)];
  return new Map(points.map((point) => [point.name, { x: placeX(point.x), y: placeY(point.y) }]));
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
