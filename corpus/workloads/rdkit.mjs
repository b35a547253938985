// RDKit: reads molecules, writes canonical SMILES, InChI, drawings, descriptors and fingerprints, and looks for substructures.
import { workload } from '../lib/workload.mjs';

const molecules = ['CC(=O)Oc1ccccc1C(=O)O', 'CN1C=NC2=C1C(=O)N(C(=O)N2C)C', 'C1CC2(CCC1)OCCO2', 'OC[C@H]1O[C@@H](O)[C@H](O)[C@@H](O)[C@@H]1O', 'c1ccc2c(c1)[nH]c1ccccc12',
  'CC1(C)S[C@@H]2[C@H](NC(=O)Cc3ccccc3)C(=O)N2[C@H]1C(=O)O', 'FC(F)(F)c1ccc(Oc2ccncc2)cc1', '[Na+].[O-]C(=O)CCN', 'C/C=C/C(=O)N1CCN(CC1)S(=O)(=O)c1cccs1', 'not a molecule'];

await workload('rdkit', async ({ require: need, print, scale }) => {
  const RDKit = await need('./dist/RDKit_minimal.js')();
  return () => {
    for (let round = 0; round < Math.max(1, scale); round++) {
      const pattern = RDKit.get_qmol(['c1ccccc1', 'C(=O)[O;H1]', '[N;R]'][round % 3]);
      for (const smiles of molecules) {
        const mol = RDKit.get_mol(smiles);
        if (!mol) { print(`${smiles} is none`); continue; }
        print(smiles, [mol.get_smiles(), mol.get_inchi(), mol.get_molblock(), mol.get_svg(200 + round, 200), mol.get_descriptors(), mol.get_morgan_fp(), mol.get_substruct_matches(pattern), mol.get_stereo_tags()].join('\n'));
        mol.delete();
      }
      pattern.delete();
    }
  };
});
