using SipAlg.Calls.Headers;

namespace SipAlg.Calls.Bodies;

/// <summary>For whom a body that names dialogs and addresses is written.</summary>
/// <param name="host">What stands for the other side's hosts: the reader knows that side's addresses by it.</param>
/// <param name="reader">Who it is.</param>
internal readonly ref struct BodyReader(ReadOnlySpan<byte> host, DialogReader reader)
{
    public ReadOnlySpan<byte> Host { get; } = host;
    public DialogReader Reader { get; } = reader;
}
