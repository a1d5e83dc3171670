using System.Runtime.InteropServices;

namespace CpIs.Fhir.Conformance.Tests.Validation;

/// <summary>What one thread had to do for something.</summary>
/// <param name="Bytes">Bytes allocated.</param>
/// <param name="Processor">
/// Time that the processor spent on this thread, while it waited for nothing and no other thread ran in its place.
/// </param>
internal readonly partial record struct WorkDone(long Bytes, TimeSpan Processor)
{
    private const int ThreadProcessorTime = 3; // CLOCK_THREAD_CPUTIME_ID of Linux

    public static WorkDone By(Action act)
    {
        var (bytes, processor) = (GC.GetAllocatedBytesForCurrentThread(), Now());
        act();
        return new(GC.GetAllocatedBytesForCurrentThread() - bytes, Now() - processor);
    }

    public WorkDone Least(WorkDone other) =>
        new(Math.Min(Bytes, other.Bytes), TimeSpan.FromTicks(Math.Min(Processor.Ticks, other.Processor.Ticks)));

    private static TimeSpan Now()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux is asked for the processor time of a thread.");
        if (Read(ThreadProcessorTime, out var time) != 0)
            throw new InvalidOperationException("clock_gettime failed.");
        return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / 100);
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int Read(int clock, out Moment time);

    private readonly struct Moment
    {
        public readonly nint Seconds;
        public readonly nint Nanoseconds;
    }
}
