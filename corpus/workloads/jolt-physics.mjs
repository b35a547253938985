// Jolt: boxes and balls fall onto a floor and onto each other; positions and turns after each part of the way.
import { random } from '../lib/inputs.mjs';
import { workload } from '../lib/workload.mjs';

await workload('jolt-physics', async ({ load, print, scale }) => {
  const Jolt = await (await load('dist/jolt-physics.wasm.js')).default();
  return () => {
    const next = random(11), settings = new Jolt.JoltSettings(), MOVING = 1;
    const pairs = new Jolt.ObjectLayerPairFilterTable(2), broad = new Jolt.BroadPhaseLayerInterfaceTable(2, 2);
    pairs.EnableCollision(0, MOVING);
    pairs.EnableCollision(MOVING, MOVING);
    broad.MapObjectToBroadPhaseLayer(0, new Jolt.BroadPhaseLayer(0));
    broad.MapObjectToBroadPhaseLayer(MOVING, new Jolt.BroadPhaseLayer(1));
    Object.assign(settings, { mObjectLayerPairFilter: pairs, mBroadPhaseLayerInterface: broad });
    settings.mObjectVsBroadPhaseLayerFilter = new Jolt.ObjectVsBroadPhaseLayerFilterTable(broad, 2, pairs, 2);
    const world = new Jolt.JoltInterface(settings), bodies = world.GetPhysicsSystem().GetBodyInterface();
    const add = (shape, x, y, z, moves) => {
      const creation = new Jolt.BodyCreationSettings(shape, new Jolt.RVec3(x, y, z), new Jolt.Quat(0, 0, 0, 1), moves ? Jolt.EMotionType_Dynamic : Jolt.EMotionType_Static, moves ? MOVING : 0);
      const body = bodies.CreateBody(creation);
      bodies.AddBody(body.GetID(), Jolt.EActivation_Activate);
      return body;
    };
    add(new Jolt.BoxShape(new Jolt.Vec3(50, 1, 50), 0.05), 0, -1, 0, false);
    const moving = Array.from({ length: 60 }, (_, i) => add(i % 2 ? new Jolt.SphereShape(0.5 + (next() % 3) / 4) : new Jolt.BoxShape(new Jolt.Vec3(0.5, 0.5 + (next() % 3) / 4, 0.5), 0.05), (next() % 80) / 10 - 4, 2 + i, (next() % 80) / 10 - 4, true));
    for (let part = 0; part < Math.max(1, 12 * scale); part++) {
      for (let i = 0; i < 20; i++) world.Step(1 / 60, 1);
      print(`part ${part}`, JSON.stringify(moving.map((body) => { const p = body.GetPosition(), q = body.GetRotation(); return [p.GetX(), p.GetY(), p.GetZ(), q.GetX(), q.GetW()]; })));
    }
  };
});
