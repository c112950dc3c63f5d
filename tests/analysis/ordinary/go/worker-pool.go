package main

import "fmt"

func worker(jobs <-chan int, results chan<- int) {
	for {
		job, ok := <-jobs
		if !ok {
			return
		}
		results <- job * job
	}
}

func main() {
	jobs, results := make(chan int, 5), make(chan int, 5)
	for range 2 {
		go worker(jobs, results)
	}
	for i := 1; i <= 5; i++ {
		jobs <- i
	}
	close(jobs)
	sum := 0
	for range 5 {
		sum += <-results
	}
	fmt.Println(sum)
}
