// The C++ standard library: streams, regular expressions, containers, algorithms.
#include <algorithm>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <regex>
#include <sstream>
#include <unordered_map>
#include <vector>

struct Shape {
    virtual ~Shape() = default;
    virtual double area() const = 0;
};
struct Square : Shape {
    double side;
    explicit Square(double s) : side(s) {}
    double area() const override { return side * side; }
};
struct Circle : Shape {
    double radius;
    explicit Circle(double r) : radius(r) {}
    double area() const override { return 3.25 * radius * radius; }
};

int main() {
    std::vector<std::unique_ptr<Shape>> shapes;
    for (int i = 0; i < 1000; i++) {
        if (i % 3) shapes.push_back(std::make_unique<Square>(i / 4.0));
        else shapes.push_back(std::make_unique<Circle>(i / 8.0));
    }
    std::sort(shapes.begin(), shapes.end(), [](auto &a, auto &b) { return a->area() < b->area(); });
    std::cout << std::fixed << std::setprecision(3) << shapes.front()->area() << ' ' << shapes.back()->area() << '\n';
    std::map<std::string, int> count;
    std::unordered_map<int, std::string> names;
    std::ostringstream out;
    for (int i = 0; i < 2000; i++) out << "key" << i * 37 % 101 << "=" << std::hex << i << std::dec << ";";
    const std::string text = out.str();
    const std::regex pair("(key\\d+)=([0-9a-f]+);");
    for (std::sregex_iterator it(text.begin(), text.end(), pair), end; it != end; ++it) {
        count[(*it)[1]] += std::stoi((*it)[2], nullptr, 16);
        names[std::stoi((*it)[2], nullptr, 16)] = (*it)[1];
    }
    for (auto &[key, value] : count) if (value % 7 == 0) std::cout << std::setw(8) << key << std::setw(8) << value << '\n';
    std::cout << names.size() << ' ' << names[42] << ' ' << std::regex_replace(text.substr(0, 40), std::regex("[13579]+"), "#") << '\n';
    std::function<long(long)> collatz = [&](long n) { return n == 1 ? 0 : 1 + collatz(n % 2 ? 3 * n + 1 : n / 2); };
    std::vector<long> steps(300);
    for (size_t i = 1; i < steps.size(); i++) steps[i] = collatz(long(i));
    std::cout << std::accumulate(steps.begin(), steps.end(), 0L) << ' ' << *std::max_element(steps.begin(), steps.end()) << std::endl;
    std::istringstream in("12 3.5 word 0x1f");
    int a; double b; std::string c, d;
    in >> a >> b >> c >> d;
    std::cout << a + b << c << d << std::boolalpha << in.eof() << '\n';
}
