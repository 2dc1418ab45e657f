# Prints how many names there are, the total of the values and their mean.
{ total += $2; seen[$1] = 1 }

END {
    mean = total / NR
    for (name in seen) {
        names++
    }
    printf "names %d\n", names
    printf "total %d\n", total
    printf "mean %.2f\n", mean
}
