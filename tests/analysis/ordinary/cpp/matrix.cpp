#include <array>
#include <iostream>

template <std::size_t N>
using Matrix = std::array<std::array<double, N>, N>;

template <std::size_t N>
Matrix<N> operator*(const Matrix<N> &a, const Matrix<N> &b) {
    Matrix<N> out{};
    for (std::size_t i = 0; i < N; ++i)
        for (std::size_t j = 0; j < N; ++j)
            for (std::size_t k = 0; k < N; ++k) out[i][j] += a[i][k] * b[k][j];
    return out;
}

int main() {
    Matrix<2> m{{{1, 1}, {1, 0}}};
    auto r = m * m * m;
    std::cout << r[0][0] << '\n';
}
