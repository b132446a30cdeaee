using System.Text;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Protocol.Tests.Sdp;

/// <summary>The descriptions under Data/sdp, and those of webrtc-sdp where they lie beside the repository.</summary>
internal static class SdpSamples
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Data", "sdp");

    public static TheoryData<string> All()
    {
        var names = new TheoryData<string>();
        foreach (var file in Files())
        {
            names.Add(file);
        }

        return names;
    }

    public static IEnumerable<string> Files()
    {
        var own = Directory.EnumerateFiles(Root, "*.sdp", SearchOption.AllDirectories);
        var beside = WebRtcFolder() is { } folder ? Directory.EnumerateFiles(folder, "*.sdp") : [];
        return own.Concat(beside).Select(file => Path.Combine(Path.GetFileName(Path.GetDirectoryName(file)!), Path.GetFileName(file))).Order();
    }

    /// <summary>The file's octets, without the lines of webrtc-sdp that begin with ";", which are that project's comments.</summary>
    public static byte[] Read(string name)
    {
        var file = Path.Combine(Root, name);
        if (File.Exists(file))
        {
            return File.ReadAllBytes(file);
        }

        var lines = File.ReadAllText(Path.Combine(WebRtcFolder()!, Path.GetFileName(name)), Encoding.Latin1).Split('\n');
        return Encoding.Latin1.GetBytes(string.Join('\n', lines.Where(line => !line.StartsWith(';'))));
    }

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>The lines of a description, ends cut off, empty ones left out.</summary>
    public static string[] Lines(ReadOnlySpan<byte> bytes) => Text(bytes).Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);

    public static SdpDescription Parse(string text) => Parse(Bytes(text));

    public static SdpDescription Parse(byte[] bytes)
    {
        var description = new SdpDescription();
        Assert.Equal(SdpFault.None, SdpParser.Parse(description, bytes, 0, bytes.Length));
        return description;
    }

    /// <summary>Ports from 30000 on, two a stream.</summary>
    public static SdpStream[] Streams(int count, IpAddress address = default) =>
        [.. Enumerable.Range(0, count).Select(i => new SdpStream((ushort)(30000 + 2 * i), (ushort)(30001 + 2 * i), address))];

    public static byte[] Rewrite(SdpDescription source, string address = "198.18.0.1") =>
        Rewrite(source, Streams(source.MediaCount), address);

    public static byte[] Rewrite(SdpDescription source, SdpStream[] streams, string address = "198.18.0.1")
    {
        var destination = new byte[SdpDescription.MaxLength * 2];
        var length = SdpRewriter.Write(source, new SdpOrigin(4711, 2, IpAddress.Parse(address)), streams, destination);
        Assert.True(length > 0);
        return destination[..length];
    }

    private static string? WebRtcFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SipAlg.sln")))
        {
            folder = folder.Parent;
        }

        var beside = folder?.Parent is null ? null : Path.Combine(folder.Parent.FullName, "shared", "data", "sdp", "webrtc-sdp");
        return Directory.Exists(beside) ? beside : null;
    }
}
