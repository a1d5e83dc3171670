using CpIs.Fhir.Cli.Commands;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli;

/// <summary>The tool as a function: arguments and surroundings in, exit code out.</summary>
internal static class Cpis
{
    private static readonly CommandSet Commands = new(
        """
        The tool of authorities, care settings, testers and operators of a CP-IS exchange.
        Synthetic data only: this software is not approved for real data.

        Exit codes: 0 done, 1 refused by the exchange, 2 could not run.
        """,
        tool =>
            [
                TokenCommand.Create(tool),
                UploadCommand.Create(tool),
                LookupCommand.Create(tool),
                ChildrenCommand.Create(tool),
                PlansCommand.Create(tool),
                ChildCommand.Create(tool),
                AccessesCommand.Create(tool),
                QualityCommand.Create(tool),
                WorklistCommand.Create(tool),
                AcknowledgeCommand.Create(tool),
                SubscribeCommand.Create(tool),
                SubscriptionCommand.Create(tool),
                ListenCommand.Create(tool),
                PopulationCommand.Create(tool),
                ValidateCommand.Create(tool),
                ProfilesCommand.Create(tool),
                OrganisationCommand.Create(tool),
                ClientCommand.Create(tool),
                NumberCommand.Create(tool),
                StampsCommand.Create(tool),
                ApproveCommand.Create(tool),
                KeyCommand.Create(tool),
                KeysCommand.Create(tool),
                MongoCommand.Create(tool),
                ProtectionCommand.Create(tool),
                StoreCommand.Create(tool),
            ]
    );

    /// <summary>Runs one command. Never throws for what a user can cause.</summary>
    public static Task<int> RunAsync(
        IReadOnlyList<string> args,
        Surroundings surroundings,
        CancellationToken cancellation = default
    ) => Commands.RunAsync(args, surroundings, cancellation);
}
