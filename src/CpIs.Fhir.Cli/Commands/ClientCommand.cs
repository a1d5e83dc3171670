using System.CommandLine;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Administration;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Commands;

internal static class ClientCommand
{
    private const string Path = "/admin/clients";

    public static Command Create(Tool tool) =>
        new ToolCommand("client", "Register clients and their public keys, as the exchange's operator.")
        {
            Add(tool),
            tool.Runs(
                new ToolCommand(
                    "list",
                    "Show every registered client.",
                    "cpis client list --client examples/clients/operator.json"
                ),
                (run, cancellation) =>
                    AdminList.ShowAsync(
                        run,
                        Path,
                        [
                            ("Client", "clientId"),
                            ("Organisation", "organisation"),
                            ("Kind", "kind"),
                            ("Suspended", "suspended"),
                        ],
                        cancellation
                    )
            ),
            AdminChange.Switch(
                tool,
                "suspend",
                "Suspend a client: it gets no tokens, and its tokens are no longer accepted.",
                "CLIENT-ID",
                Path,
                "cpis client suspend ed-system --client examples/clients/operator.json"
            ),
            AdminChange.Switch(
                tool,
                "restore",
                "Undo a suspension.",
                "CLIENT-ID",
                Path,
                "cpis client restore ed-system --client examples/clients/operator.json"
            ),
        };

    private static Command Add(Tool tool)
    {
        var id = new Argument<string>("CLIENT-ID")
        {
            Description = "The name by which the client proves itself; of your choice, and unique.",
        };
        var organisation = new Option<string>("--organisation")
        {
            Description = "ODS code of the organisation that it acts for.",
            Required = true,
            HelpName = "ODS",
        };
        var kind = OrganisationCommand.KindOption();
        var key = new Option<string>("--key")
        {
            Description = "Its keys: a JWK, a JWK Set or a client file. Only the public parts are sent.",
            Required = true,
            HelpName = "FILE",
        };
        var device = new Option<string?>("--device-person")
        {
            Description = "The nominated person (JSON, with activities) of a device without users.",
            HelpName = "FILE",
        };
        var command = new ToolCommand(
            "add",
            "Register a client, or change its keys.",
            "cpis client add ed-system --organisation XED01 --kind setting --key ed-system.public.json"
        )
        {
            id,
            organisation,
            kind,
            key,
            device,
        };
        return tool.Runs(
            command,
            (run, cancellation) =>
            {
                var body = new JsonObject
                {
                    ["organisation"] = run.Get(organisation),
                    ["kind"] = run.Get(kind),
                    ["jwks"] = PublicKeys.ReadSet(run.Get(key)!),
                };
                if (Run.ReadUser(run.Get(device)) is { } person)
                {
                    body["devicePerson"] = new JsonObject
                    {
                        ["sdsUserId"] = person.SdsUserId,
                        ["roleProfileId"] = person.RoleProfileId,
                        ["roleCode"] = person.RoleCode,
                        ["roleName"] = person.RoleName,
                        ["name"] = person.Name,
                    };
                    body["deviceActivities"] = new JsonArray([
                        .. person.Activities.Select(a => (JsonNode)JsonValue.Create(a)),
                    ]);
                }

                return AdminChange.SendAsync(
                    run,
                    HttpMethod.Put,
                    $"{Path}/{Uri.EscapeDataString(run.Get(id))}",
                    body,
                    $"{run.Get(id)} registered",
                    cancellation
                );
            }
        );
    }
}
