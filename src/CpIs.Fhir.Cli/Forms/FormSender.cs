using System.CommandLine;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Forms;

/// <summary>Who sends a form, and whether they are asked first: <c>--user</c> and <c>--yes</c>.</summary>
internal sealed class FormSender
{
    private readonly Option<string?> _user = new("--user")
    {
        Description = "The person who makes this change (JSON), instead of the client file's. A change needs one.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _yes = new("--yes")
    {
        Description = "Do not ask. Without a terminal nobody is asked.",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_user);
        command.Add(_yes);
    }

    /// <summary>A client of the exchange, for that person.</summary>
    /// <exception cref="CannotRunException">The client is a care setting's.</exception>
    public ExchangeClient Connect(Run run) => RecordList.ConnectAsOwner(run, run.Get(_user));

    /// <summary>Shows the change to the person at the terminal, and asks.</summary>
    /// <exception cref="CannotRunException">They did not say yes.</exception>
    public async Task ConfirmAsync(Run run, Action show, string question, CancellationToken cancellation)
    {
        if (!run.Surroundings.InIsTerminal || run.Get(_yes))
            return;
        show();
        if (!await run.AsksAsync(question, cancellation))
            throw new CannotRunException("not confirmed. Nothing was changed.");
    }
}
