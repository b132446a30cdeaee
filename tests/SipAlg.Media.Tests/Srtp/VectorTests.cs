using System.Text.Json.Nodes;
using SipAlg.Linux.Crypto;
using SipAlg.Media.Srtp;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Media.Tests.Srtp;

/// <summary>What the RFCs print, and packets that other implementations agree on.</summary>
public sealed unsafe class VectorTests
{
    private static readonly JsonObject Counter = Read("srtp-rfc3711-rfc6188.json");
    private static readonly JsonObject Galois = Read("srtp-rfc7714.json");

    private static JsonObject Read(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data", "srtp", file)))!.AsObject();

    private static JsonObject[] List(JsonObject all, string name) => [.. all[name]!.AsArray().Select(node => node!.AsObject())];

    private static byte[] Hex(JsonObject vector, string name) => Convert.FromHexString((string)vector[name]!);

    private static SrtpContext Context(JsonObject vector, SrtpSuite suite) =>
        new(SrtpKey.Of(suite, [.. Hex(vector, "master_key"), .. Hex(vector, "master_salt")]), TimeSpan.TicksPerSecond);

    [Fact]
    public void Keystream()
    {
        foreach (var vector in List(Counter, "aes_cm_keystream").Where(vector => vector["session_key"]!.ToString().Length != 48))
        {
            using var cipher = new AesCounter(Hex(vector, "session_key"));
            foreach (var block in vector["blocks"]!.AsArray().Select(node => node!.AsObject()))
            {
                var stream = new byte[AesCounter.BlockLength];
                fixed (byte* counter = Hex(block, "counter"), octets = stream)
                {
                    Assert.True(cipher.TryApply(counter, octets, octets, stream.Length));
                }

                Assert.Equal(Hex(block, "keystream"), stream);
            }
        }
    }

    [Theory]
    [InlineData("aes_cm_128_kdf")]
    [InlineData("aes_cm_256_kdf")]
    public void Derivation(string name)
    {
        var vector = List(Counter, "key_derivation").Single(vector => (string)vector["name"]! == name);
        using var derivation = new KeyDerivation(Hex(vector, "master_key"), Hex(vector, "master_salt"));
        var keys = new byte[KeyDerivation.Longest];
        derivation.Derive(KeyDerivation.RtpKey, keys);
        var key = Hex(vector, "srtp_cipher_key_label0");
        Assert.Equal(key, keys[..key.Length]);
        Assert.Equal(Hex(vector, "srtp_auth_key_label1")[..HmacSha1.Length], keys[KeyDerivation.AuthenticationAt..KeyDerivation.SaltAt]);
        Assert.Equal(Hex(vector, "srtp_salt_label2"), keys[KeyDerivation.SaltAt..(KeyDerivation.SaltAt + 14)]);
        derivation.Derive(KeyDerivation.RtcpKey, keys);
        var more = vector["derived_not_in_rfc"]!.AsObject();
        Assert.Equal(Hex(more, "srtcp_cipher_key_label3"), keys[..key.Length]);
        Assert.Equal(Hex(more, "srtcp_auth_key_label4_20"), keys[KeyDerivation.AuthenticationAt..KeyDerivation.SaltAt]);
        Assert.Equal(Hex(more, "srtcp_salt_label5"), keys[KeyDerivation.SaltAt..(KeyDerivation.SaltAt + 14)]);
    }

    public static TheoryData<string> Packets => [.. List(Counter, "packets").Concat(List(Galois, "derived")).Where(vector => vector.ContainsKey("srtp")).Select(vector => (string)vector["name"]!)];

    [Theory]
    [MemberData(nameof(Packets))]
    public void Packet(string name)
    {
        var vector = List(Counter, "packets").Concat(List(Galois, "derived")).Single(vector => (string)vector["name"]! == name);
        var suite = vector["profile"] is { } profile && SrtpSuites.TryRead(System.Text.Encoding.ASCII.GetBytes((string)profile!), out var read) ? read
            : name.EndsWith("256_gcm", StringComparison.Ordinal) ? SrtpSuite.AeadAes256Gcm : SrtpSuite.AeadAes128Gcm;
        using var context = new SrtpContext(SrtpKey.Of(suite, [.. Hex(vector, "master_key"), .. Hex(vector, "master_salt")]), TimeSpan.TicksPerSecond);
        Check(context.State->TrySeal, context.State->TryOpen, Hex(vector, "rtp"), Hex(vector, "srtp"), (uint)vector["roc"]!);
    }

    [Fact]
    public void Packet_of_rtcp()
    {
        var vector = List(Counter, "packets").Single(vector => vector.ContainsKey("srtcp"));
        var packet = Hex(vector, "srtcp");
        using var context = Context(vector, SrtpSuite.AesCm128HmacSha1Tag80);
        Assert.Equal(SrtpResult.Done, context.OpenRtcp(ref packet));
        Assert.Equal(Hex(vector, "rtcp"), packet);

        using var sender = Context(vector, SrtpSuite.AesCm128HmacSha1Tag80);
        // Its index is 1, and ours begins with 0 (RFC 3711 §3.4).
        sender.SealRtcp(Hex(vector, "rtcp"), out _);
        Assert.Equal(SrtpResult.Done, sender.SealRtcp(Hex(vector, "rtcp"), out var sealedPacket));
        Assert.Equal(Hex(vector, "srtcp"), sealedPacket);
    }

    [Theory]
    [InlineData("srtp_aead_aes_128_gcm_encrypt")]
    [InlineData("srtp_aead_aes_256_gcm_encrypt")]
    public void Galois_packet(string name)
    {
        var vector = List(Galois, "vectors").Single(vector => (string)vector["name"]! == name);
        var keys = Session(vector);
        Check(
            (packet, header, octets, ssrc, index, to) => keys.TrySeal(packet, header, octets, ssrc, index, to),
            (packet, header, octets, ssrc, index, scratch) => keys.TryOpen(packet, header, octets, packet + octets, ssrc, index, scratch),
            Hex(vector, "rtp"), Hex(vector, "srtp"), (uint)vector["roc"]!);
        keys.Dispose();
    }

    [Theory]
    [InlineData("srtcp_aead_aes_128_gcm_encrypt")]
    [InlineData("srtcp_aead_aes_256_gcm_encrypt")]
    public void Galois_packet_of_rtcp(string name)
    {
        var vector = List(Galois, "vectors").Single(vector => (string)vector["name"]! == name);
        var keys = Session(vector);
        var (rtcp, expected) = (Hex(vector, "rtcp"), Hex(vector, "srtcp"));
        var (written, scratch) = (new byte[expected.Length], new byte[2048]);
        fixed (byte* packet = rtcp, to = written, room = scratch)
        {
            var ssrc = SrtpState.RtcpIndexOf(packet, 4);
            Assert.True(keys.TrySealRtcp(packet, rtcp.Length, ssrc, (uint)vector["srtcp_index"]!, to));
            Assert.Equal(expected, written);
            Assert.True(keys.TryOpenRtcp(to, written.Length - SrtpState.RtcpIndexLength, ssrc, room));
            Assert.Equal(rtcp, written[..rtcp.Length]);
        }

        keys.Dispose();
    }

    /// <summary>Keys that need not be derived.</summary>
    private static GaloisKeys Session(JsonObject vector)
    {
        var (key, salt, derived) = (Hex(vector, "session_key"), Hex(vector, "session_salt"), new byte[KeyDerivation.Longest]);
        key.CopyTo(derived, 0);
        salt.CopyTo(derived, KeyDerivation.SaltAt);
        var keys = default(GaloisKeys);
        keys.Begin(derived, key.Length);
        return keys;
    }

    private delegate bool Sealing(byte* packet, int header, int octets, uint ssrc, ulong index, byte* to);

    private delegate bool Opening(byte* packet, int header, int octets, uint ssrc, ulong index, byte* scratch);

    private static void Check(Sealing seal, Opening open, byte[] plain, byte[] expected, uint rollOver)
    {
        var (written, scratch) = (new byte[expected.Length], new byte[2048]);
        var index = RtpIndex.Of(rollOver, (ushort)((plain[2] << 8) | plain[3]));
        var ssrc = (uint)((plain[8] << 24) | (plain[9] << 16) | (plain[10] << 8) | plain[11]);
        fixed (byte* packet = plain, to = written, room = scratch)
        {
            Assert.True(seal(packet, 12, plain.Length, ssrc, index, to));
            Assert.Equal(expected, written);
            written[^1] ^= 1;
            Assert.False(open(to, 12, plain.Length, ssrc, index, room));
            written[^1] ^= 1;
            Assert.Equal(expected, written);
            Assert.True(open(to, 12, plain.Length, ssrc, index, room));
            Assert.Equal(plain, written[..plain.Length]);
        }
    }
}
