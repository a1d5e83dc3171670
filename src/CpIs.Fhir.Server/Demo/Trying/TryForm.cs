using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Server.Demo.Trying;

/// <summary>What was filled in on the page <c>/try</c>, or is to be filled in when it opens.</summary>
/// <param name="Client">Client id of one of the synthetic clients.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Address">Below the FHIR base, with parameters.</param>
/// <param name="Body">What is sent along; empty for none.</param>
internal sealed record TryForm(string Client, string Method, string Address, string Body)
{
    /// <summary>The methods that there are.</summary>
    public static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE"];

    /// <summary>The clients that there are: all of <c>examples/clients</c>.</summary>
    public static IReadOnlyList<ClientFile> Clients { get; } = DemoRegistrations.ReadClients();

    /// <summary>What the fields of a form or of an address say, and a look-up where they say nothing.</summary>
    public static TryForm Of(Func<string, string?> field) =>
        new(
            field("client") ?? "demo-hareford-ed-triage",
            field("method") ?? HttpMethods.Get,
            field("address") ?? "Patient/$child-protection?nhsNumber=9991000097",
            field("body") ?? ""
        );

    /// <summary>The client that was chosen; null where there is none of that name.</summary>
    public ClientFile? Chosen => Clients.FirstOrDefault(client => client.ClientId == Client);
}
