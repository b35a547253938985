// The module that loader.c loads.
extern int shared_value;
int host_add(int a, int b);

static int table[] = {3, 1, 4, 1, 5, 9, 2, 6};

int side_run(int n) {
    int sum = 0;
    for (int i = 0; i < 8; i++) sum = host_add(sum, table[i] * n);
    shared_value = sum / 2;
    return sum;
}
