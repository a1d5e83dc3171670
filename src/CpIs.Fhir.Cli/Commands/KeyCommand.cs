using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Administration;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Cli.Commands;

internal static class KeyCommand
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create(Tool tool) =>
        new ToolCommand("key", "Make the key that a client proves itself with.") { New(tool) };

    private static Command New(Tool tool)
    {
        var output = new Option<string>("--out")
        {
            Description = "The client file to write (readable by you alone). It must not exist yet.",
            Required = true,
            HelpName = "FILE",
        };
        var id = new Option<string>("--id")
        {
            Description = "The client_id that it is or will be registered under.",
            Required = true,
            HelpName = "CLIENT-ID",
        };
        var organisation = new Option<string>("--organisation")
        {
            Description = "ODS code of the organisation that it acts for.",
            Required = true,
            HelpName = "ODS",
        };
        var kind = OrganisationCommand.KindOption();
        var algorithm = new Option<string>("--alg")
        {
            Description = "ES384 or RS384.",
            DefaultValueFactory = _ => "ES384",
        };
        algorithm.AcceptOnlyFromAmong("ES384", "RS384");
        var user = new Option<string?>("--user")
        {
            Description = "For a care setting: the person for whom it asks (JSON).",
            HelpName = "FILE",
        };
        var command = new ToolCommand(
            "new",
            "Make a key: the private half goes to a client file, the public half to standard output, for the operator.",
            "cpis key new --out ed-system.json --id ed-system --organisation XED01 --kind setting > ed-system.public.json"
        )
        {
            output,
            id,
            organisation,
            kind,
            algorithm,
            user,
        };
        return tool.Runs(
            command,
            (run, _) =>
            {
                var jwk = PublicKeys.NewPrivateKey(run.Get(algorithm)!);
                var file = new JsonObject
                {
                    ["clientId"] = run.Get(id),
                    ["kind"] = run.Get(kind),
                    ["organisation"] = run.Get(organisation),
                    ["jwk"] = jwk,
                };
                if (Run.ReadUser(run.Get(user)) is { } person)
                    file["user"] = JsonSerializer.SerializeToNode(person, ClientFileJson.Default.ClientUser);
                WriteSecret(run.Get(output)!, file.ToJsonString(Indented) + "\n");
                using var document = JsonDocument.Parse(jwk.ToJsonString());
                run.Report.Bare(PublicKeys.PublicOf(document.RootElement).ToJsonString());
                run.Report.Note($"{run.Get(output)} contains the private key. Keep it secret and never send it.");
                return Task.FromResult(ExitCode.Done);
            }
        );
    }

    /// <summary>Writes a new file that only its owner can read, from its first byte on.</summary>
    private static void WriteSecret(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(Encoding.UTF8.GetBytes(text));
    }
}
