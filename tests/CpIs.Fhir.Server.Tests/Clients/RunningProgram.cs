using System.Diagnostics;
using System.Text;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Server.Tests.Clients;

/// <summary>A program of another language that goes on until the test ends it, and what it has said so far.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    private RunningProgram(Process process) => _process = process;

    /// <summary>All lines, in the order in which they came.</summary>
    public string Said
    {
        get
        {
            lock (_said)
                return _said.ToString();
        }
    }

    /// <summary>Starts it.</summary>
    public static RunningProgram Start(string folder, string program, IEnumerable<string> arguments)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        var running = new RunningProgram(process);
        process.OutputDataReceived += (_, line) => running.Hear(line.Data);
        process.ErrorDataReceived += (_, line) => running.Hear(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return running;
    }

    /// <summary>Waits until it has said this so often. A program that has ended says no more.</summary>
    public async Task SaysAsync(string text, int times = 1)
    {
        await Eventually.TrueAsync(() => Times(text) >= times || _process.HasExited, () => $"'{text}' in: {Said}");
        Times(text).Should().BeGreaterThanOrEqualTo(times, Said);
    }

    /// <summary>How often it has said this.</summary>
    public int Times(string text) => Said.Split(text).Length - 1;

    /// <summary>Ends it and what it started.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null)
            return;
        lock (_said)
            _said.Append(line).Append('\n');
    }
}
