using System.CommandLine;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Cli.Notices;

/// <summary>Who takes notices, and what they note: <c>--person</c>, <c>--note</c>, <c>--yes</c>.</summary>
internal sealed class Taker
{
    private readonly Option<string?> _person = new("--person")
    {
        Description = "Name of the person who takes them. Not needed where the client file names one.",
        HelpName = "NAME",
    };
    private readonly Option<string?> _note = new("--note")
    {
        Description = "What the person notes; your own people read it. At most 1,000 characters.",
        HelpName = "TEXT",
    };
    private readonly Option<bool> _yes = new("--yes")
    {
        Description = "Do not ask. Without a terminal nobody is asked.",
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        _person.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } name && !PersonRules.IsName(name))
                result.AddError("--person must be a name of 1 to 140 characters.");
        });
        command.Add(_person);
        command.Add(_note);
        command.Add(_yes);
    }

    /// <summary>The person's name.</summary>
    /// <exception cref="CannotRunException">Nobody is named.</exception>
    public string NameOf(Run run) =>
        run.Get(_person)
        ?? run.ReadClient().User?.Name
        ?? throw new CannotRunException(
            "only a named person can take a notice. Say who with --person NAME. Nothing was changed."
        );

    /// <summary>Writes person and note.</summary>
    public void Write(Run run, ParametersWriter parameters) =>
        parameters.Add("person", "valueString", run.Get(_person)).Add("note", "valueString", run.Get(_note));

    /// <summary>Asks the person at the terminal.</summary>
    /// <exception cref="CannotRunException">They did not say yes.</exception>
    public async Task ConfirmAsync(Run run, string question, CancellationToken cancellation)
    {
        if (run.Surroundings.InIsTerminal && !run.Get(_yes) && !await run.AsksAsync(question, cancellation))
            throw new CannotRunException("not confirmed. Nothing was changed.");
    }
}
