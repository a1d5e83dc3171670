using System.Globalization;

namespace CpIs.Fhir.Benchmarks.Measures;

/// <summary>How busy the machine was, which belongs to every figure taken on it.</summary>
internal sealed class MachineLoad
{
    private readonly string _start = Now();

    /// <summary>One line, from the start until now.</summary>
    public string Tell() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} processors; load of the last minute {_start} at the start, {Now()} at the end"
        );

    private static string Now() => File.ReadAllText("/proc/loadavg").Split(' ')[0];
}
