using System.Security.Cryptography;

namespace SipAlg.WebConsole;

/// <summary>A file of the web console, as it is served.</summary>
/// <param name="Tag">Its ETag: another one when the file is another.</param>
internal sealed record ConsoleFile(ReadOnlyMemory<byte> Octets, string ContentType, string Tag)
{
    private const int TagOctets = 12;

    /// <param name="name">Tells by its end what the file is.</param>
    public static ConsoleFile Of(string name, byte[] octets) =>
        new(octets, TypeOf(name), $"\"{Convert.ToHexStringLower(SHA256.HashData(octets).AsSpan(..TagOctets))}\"");

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml; charset=utf-8",
        var other => throw new InvalidOperationException($"The console has no files of type {other}."),
    };
}
