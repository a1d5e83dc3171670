using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Running;

namespace CpIs.Fhir.Cli.Output;

/// <summary>
/// What a command says. With <c>--json</c>, standard output holds one object a line; else it is for people: tables and
/// colour on a terminal, aligned plain text otherwise. Notes and failures always go to standard error.
/// </summary>
internal sealed class Report(Surroundings surroundings, bool json)
{
    private static readonly JsonSerializerOptions OneLine = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = false,
    };

    /// <summary>True when objects are wanted.</summary>
    public bool IsJson { get; } = json;

    /// <summary>True when standard output may be coloured.</summary>
    public bool Colours => surroundings.OutIsTerminal && surroundings.Variable("NO_COLOR") is null or "";

    /// <summary>One object, with <c>--json</c> only.</summary>
    public void Object(JsonObject value)
    {
        if (IsJson)
            Write(value.ToJsonString(OneLine));
    }

    /// <summary>One line for people.</summary>
    public void Line(string text = "")
    {
        if (!IsJson)
            Write(Printable.Of(text));
    }

    /// <summary>One line for people that must not be missed.</summary>
    public void Headline(string text, Tone tone)
    {
        if (IsJson)
            return;
        var code =
            tone == Tone.Alarm ? "1;97;41"
            : tone == Tone.Calm ? "1;30;46"
            : "1;30;43";
        Write(Colours ? $"\e[{code}m {Printable.Of(text)} \e[0m" : Printable.Of(text));
    }

    /// <summary>A table for people. Nothing when it has no rows.</summary>
    public void Table(IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        if (IsJson || rows.Count == 0)
            return;
        if (surroundings.OutIsTerminal)
            TerminalTable.Write(surroundings.Out, Colours, headings, rows);
        else
            PlainTable.Write(surroundings.Out, headings, rows);
    }

    /// <summary>The raw text and nothing else, whatever the mode (a token).</summary>
    public void Bare(string text) => Write(text);

    /// <summary>A note to the person, on standard error.</summary>
    public void Note(string text)
    {
        lock (surroundings.Error)
            surroundings.Error.WriteLine(Printable.Of(text));
    }

    /// <summary>Why the command ends, in one line on standard error.</summary>
    public void Failure(string text, int exitCode)
    {
        Note($"{surroundings.Program}: {text}");
        Object(
            new JsonObject
            {
                ["outcome"] = exitCode == ExitCode.Refused ? "refused" : "could-not-run",
                ["message"] = Printable.Of(text),
            }
        );
    }

    /// <summary>What the exchange refused, one problem a line, and the exit code that goes with it.</summary>
    public int Refused(Answer answer, string what)
    {
        var exitCode = ExitCode.Of(answer.Status);
        Note(
            $"{surroundings.Program}: {what} {(exitCode == ExitCode.Refused ? "was refused" : "failed")} (HTTP {answer.Status}, X-Request-ID {answer.RequestId}):"
        );
        foreach (var problem in answer.Problems)
            Note("  " + problem);
        Object(
            new JsonObject
            {
                ["outcome"] = exitCode == ExitCode.Refused ? "refused" : "could-not-run",
                ["status"] = answer.Status,
                ["requestId"] = answer.RequestId,
                ["problems"] = new JsonArray([.. answer.Problems.Select(p => p.ToJson())]),
            }
        );
        return exitCode;
    }

    private void Write(string line)
    {
        lock (surroundings.Out)
        {
            surroundings.Out.WriteLine(line);
            surroundings.Out.Flush();
        }
    }
}

/// <summary>How a headline is coloured. The words say the same without colour.</summary>
internal enum Tone
{
    /// <summary>Act on it.</summary>
    Alarm,

    /// <summary>For your information.</summary>
    Calm,

    /// <summary>Unknown: do not rely on it.</summary>
    Doubt,
}
