import asyncio


async def worker(name, queue):
    while True:
        item = await queue.get()
        print(name, item)
        queue.task_done()


async def main():
    queue = asyncio.Queue()
    for n in range(4):
        queue.put_nowait(n)
    workers = [asyncio.create_task(worker(f"w{n}", queue)) for n in range(2)]
    await queue.join()
    for task in workers:
        task.cancel()


asyncio.run(main())
