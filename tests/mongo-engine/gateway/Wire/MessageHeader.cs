using System.Buffers.Binary;

namespace MongoGateway.Wire;

/// <summary>The first 16 bytes of a message.</summary>
internal readonly record struct MessageHeader(int Length, int Id, int Operation)
{
    public const int Bytes = 16;
    public const int QueryReply = 1;
    public const int Query = 2004;
    public const int Message = 2013;

    public static MessageHeader Read(ReadOnlySpan<byte> head) =>
        new(
            BinaryPrimitives.ReadInt32LittleEndian(head),
            BinaryPrimitives.ReadInt32LittleEndian(head[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(head[12..])
        );

    /// <summary>Writes the header of the answer to this message.</summary>
    public void WriteReply(Span<byte> reply, int operation)
    {
        BinaryPrimitives.WriteInt32LittleEndian(reply, reply.Length);
        BinaryPrimitives.WriteInt32LittleEndian(reply[4..], Id + 1);
        BinaryPrimitives.WriteInt32LittleEndian(reply[8..], Id);
        BinaryPrimitives.WriteInt32LittleEndian(reply[12..], operation);
    }
}
