// clang-format: formats C++, JavaScript, JSON and Java in several styles.
import { workload } from '../lib/workload.mjs';

const cpp = (n) => `#include <vector>
#include "a.h"
namespace a{ template<typename T,int N=${n}> class Thing:public Base<T>,private Other{public:Thing(int a,int b):a_(a),b_(b){for(int i=0;i<N;++i){if(i%2==0&&a>b||b<${n}){v.push_back(i*a+b);}else{v.pop_back();}}}
int operator()(const T&t)const noexcept{switch(t.kind()){case 1:return 1;case 2:{auto f=[&](auto&&x)->int{return x+a_;};return f(${n});}default:return -1;}}
private:int a_,b_;std::vector<std::pair<int,std::function<void(int,const std::string&)>>> v;};
// a comment that is much too long for one line and therefore has to be broken somewhere, wherever the style wants it to be broken
#define MACRO(x,y) do{ call(x);   call(y);}while(0)
int veryLongFunctionName(int firstArgument,const std::map<std::string,int>&secondArgument,double thirdArgument=1.0,bool last=false){return firstArgument?secondArgument.size():last?1:0;}}
`;
const js = (n) => `const f=async({a,b:[c,...d]},e=${n})=>{for await(const x of g(a)){if(x?.y??e){yield_(\`t\${x}\`)}else return {a,b,c:()=>d.map(z=>z*${n})}}};class A extends B{#p=1;static get q(){return this.#p}}`;

await workload('clang-format', async ({ load, print, scale }) => {
  const { format, version, dump_config: dump } = await load('clang-format-node.js');
  return () => {
    print('version', version());
    print('config', dump({ style: 'Google' }));
    for (let i = 0; i < Math.max(1, 3 * scale); i++) {
      for (const style of ['LLVM', 'Google', 'Mozilla', 'WebKit', '{BasedOnStyle: Microsoft, ColumnLimit: 60}']) {
        print(`${i} ${style}`, format(cpp(i), 'x.cc', style) + format(js(i), 'x.js', style));
      }
      print(`${i} json`, format(`{"a":[1,2,{"b":${i},"c":[true,null]}],"long":"${'x'.repeat(70)}"}`, 'x.json', 'LLVM'));
      print(`${i} java`, format(`class A<T>{int f(int a,int...b){try{return a+b[${i}];}catch(Exception|Error e){throw e;}finally{g();}}}`, 'X.java', 'Google'));
    }
  };
});
