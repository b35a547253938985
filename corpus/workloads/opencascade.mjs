// Open CASCADE: solids, booleans, fillets, sweeps, transformations, meshes, volumes, a file written and read again.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { workload } from '../lib/workload.mjs';

// The package's glue is an ES module with a CommonJS name, so it is taken as text.
function glue(dir) {
  const path = join(dir, 'dist/opencascade.wasm.js');
  const source = readFileSync(path, 'utf8').replace(/export default opencascade;\s*$/, 'return opencascade;');
  return new Function('require', '__filename', '__dirname', source)(createRequire(path), path, join(dir, 'dist'));
}

const rounded = (values) => values.map((x) => Number(x.toPrecision(9))).join(' ');

function measure(oc, shape) {
  const volume = new oc.GProp_GProps_1();
  const surface = new oc.GProp_GProps_1();
  oc.BRepGProp.VolumeProperties_1(shape, volume, false, false, false);
  oc.BRepGProp.SurfaceProperties_1(shape, surface, false, false);
  const centre = volume.CentreOfMass();
  return rounded([volume.Mass(), surface.Mass(), centre.X(), centre.Y(), centre.Z()]);
}

function explore(oc, shape, kind, each) {
  const kinds = oc.TopAbs_ShapeEnum;
  let count = 0;
  for (const at = new oc.TopExp_Explorer_2(shape, kinds[kind], kinds.TopAbs_SHAPE); at.More(); at.Next(), count++) each?.(at.Current(), count);
  return count;
}

function fillet(oc, shape, radius) {
  const maker = new oc.BRepFilletAPI_MakeFillet(shape, oc.ChFi3d_FilletShape.ChFi3d_Rational);
  explore(oc, shape, 'TopAbs_EDGE', (edge, i) => i < 6 && maker.Add_2(radius, oc.TopoDS.Edge_1(edge)));
  maker.Build();
  return maker.Shape();
}

function mesh(oc, shape, deflection) {
  new oc.BRepMesh_IncrementalMesh_2(shape, deflection, false, 0.4, false);
  let nodes = 0;
  let triangles = 0;
  explore(oc, shape, 'TopAbs_FACE', (face) => {
    const found = oc.BRep_Tool.Triangulation(oc.TopoDS.Face_1(face), new oc.TopLoc_Location_1());
    if (found.IsNull()) return;
    nodes += found.get().NbNodes();
    triangles += found.get().NbTriangles();
  });
  return `${nodes} nodes, ${triangles} triangles`;
}

function throughFile(oc, shape, print) {
  const progress = new oc.Handle_Message_ProgressIndicator_1();
  oc.BRepTools.Write_2(shape, 'out.brep', progress);
  print('file', oc.FS.readFile('/out.brep'));
  const again = new oc.TopoDS_Shape();
  oc.BRepTools.Read_2(again, 'out.brep', new oc.BRep_Builder(), progress);
  return again;
}

await workload('opencascade', async ({ bytes, dir, print, scale }) => {
  const oc = await glue(dir)({ wasmBinary: bytes, print() {}, printErr() {} });
  const point = (x, y, z) => new oc.gp_Pnt_3(x, y, z);
  const axes = (x, y, z, direction) => new oc.gp_Ax2_3(point(x, y, z), new oc.gp_Dir_4(...direction));
  const step = (label, make) => {
    let shape;
    try {
      shape = make();
      print(label, `${measure(oc, shape)}; ${['FACE', 'EDGE', 'VERTEX'].map((kind) => explore(oc, shape, `TopAbs_${kind}`)).join(' ')}`);
    } catch (error) {
      print(label, `error ${error.message ?? 'thrown'}`);
    }
    return shape;
  };
  return () => {
    for (let round = 0; round < Math.max(1, scale); round++) {
      const box = step('box', () => new oc.BRepPrimAPI_MakeBox_1(30, 20, 10 + round).Shape());
      const sphere = step('sphere', () => new oc.BRepPrimAPI_MakeSphere_5(point(5, 6, 7), 9).Shape());
      const cylinder = step('cylinder', () => new oc.BRepPrimAPI_MakeCylinder_3(axes(15, 10, -5, [0.1, 0.2, 1]), 4, 30).Shape());
      const torus = step('torus', () => new oc.BRepPrimAPI_MakeTorus_5(axes(20, 10, 5, [0, 1, 0]), 8, 2).Shape());
      const cone = step('cone', () => new oc.BRepPrimAPI_MakeCone_1(6, 2, 12).Shape());
      const fused = step('fuse', () => new oc.BRepAlgoAPI_Fuse_3(box, torus).Shape());
      const cut = step('cut', () => new oc.BRepAlgoAPI_Cut_3(fused, cylinder).Shape());
      const common = step('common', () => new oc.BRepAlgoAPI_Common_3(box, sphere).Shape());
      const last = step('cut again', () => new oc.BRepAlgoAPI_Cut_3(cut, sphere).Shape());
      const round_ = step('fillet', () => fillet(oc, box, 1.5));
      step('coned', () => new oc.BRepAlgoAPI_Cut_3(round_, cone).Shape());
      let face;
      explore(oc, box, 'TopAbs_FACE', (each) => { face ??= each; });
      step('prism', () => new oc.BRepPrimAPI_MakePrism_1(face, new oc.gp_Vec_4(1, 2, 5), false, true).Shape());
      step('revolved', () => new oc.BRepPrimAPI_MakeRevol_1(face, new oc.gp_Ax1_2(point(-20, 0, 0), new oc.gp_Dir_4(0, 0, 1)), 2, false).Shape());
      step('turned', () => {
        const turn = new oc.gp_Trsf_1();
        turn.SetRotation_1(new oc.gp_Ax1_2(point(1, 2, 3), new oc.gp_Dir_4(1, 1, 0)), 0.7);
        return new oc.BRepBuilderAPI_Transform_2(last, turn, true).Shape();
      });
      for (const [name, shape] of Object.entries({ sphere, cylinder, cone, torus, common, round_ })) print(`mesh ${name}`, mesh(oc, shape, 0.2));
      step('read again', () => throughFile(oc, last, print));
    }
  };
});
