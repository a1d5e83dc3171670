using MongoGateway.Wire;

namespace MongoGateway.Commands;

/// <summary>Answers one command.</summary>
internal delegate Task<ReadOnlyMemory<byte>> Handler(Request request);

/// <summary>Commands that belong together.</summary>
internal interface ICommandGroup
{
    IEnumerable<(string Name, Handler Run)> Commands { get; }
}
