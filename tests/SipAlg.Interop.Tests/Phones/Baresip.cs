using System.Net;
using System.Text.RegularExpressions;
using SipAlg.Interop.Tests.Audio;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Nat;

namespace SipAlg.Interop.Tests.Phones;

/// <summary>A telephone: baresip with its own tone to say and a recording of what it hears. Answers by itself.</summary>
internal sealed class Baresip : IAsyncDisposable
{
    /// <summary>How much of what is heard in half a second must be the tone.</summary>
    private const double Clear = 0.5;

    private const int HalfSecond = Tone.SampleRate / 2;
    private readonly BaresipControl _control;
    private readonly string _folder;
    private ChildProcess _process = null!;

    private Baresip(string folder, string user, IPEndPoint endpoint, double tone, NetworkNamespace? inside)
    {
        _control = new BaresipControl(inside);
        _folder = folder;
        User = user;
        Endpoint = endpoint;
        ToneHertz = tone;
    }

    /// <summary>Under which it is called.</summary>
    public string User { get; }

    public IPEndPoint Endpoint { get; }

    public double ToneHertz { get; }

    /// <param name="folder">The scenario's.</param>
    /// <param name="user">Under which it is called, and the folder of its files.</param>
    /// <param name="endpoint">Where it listens, UDP and TCP, and where its media is.</param>
    /// <param name="toneHertz">What it says.</param>
    /// <param name="account">Its address of record and parameters, without angle brackets about the parameters; null for a plain one at its endpoint.</param>
    /// <param name="inside">The network namespace that it runs in; null for the test's own.</param>
    /// <param name="mediaPorts">Of its RTP and RTCP.</param>
    /// <param name="settings">Further lines of its configuration.</param>
    /// <param name="seconds">How long it has something to say in a call.</param>
    public static async Task<Baresip> StartAsync(
        ScenarioFolder folder, string user, IPEndPoint endpoint, double toneHertz, string? account = null, NetworkNamespace? inside = null, string mediaPorts = "16000-19999", string settings = "", int seconds = 60)
    {
        var own = Directory.CreateDirectory(folder[user]).FullName;
        var control = Ports.Free("127.0.0.1");
        var phone = new Baresip(own, user, endpoint, toneHertz, inside);
        await File.WriteAllBytesAsync(Path.Combine(own, "tone.wav"), Tone.Wav(toneHertz, seconds));
        await File.WriteAllTextAsync(Path.Combine(own, "config"), Configuration(own, endpoint, control, mediaPorts) + settings);
        await File.WriteAllTextAsync(Path.Combine(own, "accounts"), (account ?? $"<sip:{user}@{endpoint}>;regint=0") + ";answermode=auto\n");
        await File.WriteAllTextAsync(Path.Combine(own, "contacts"), "");
        var (program, arguments) = inside?.Command("baresip", "-f", own) ?? ("baresip", ["-f", own]);
        phone._process = ChildProcess.Start(program, arguments, folder);
        await Eventually.TrueAsync(() =>
        {
            Assert.False(phone._process.HasExited, phone._process.Output);
            return phone._process.Serves(control, isStream: true) && phone._process.Serves(endpoint, isStream: false);
        });
        await phone._control.ConnectAsync(control);
        return phone;
    }

    private static string Configuration(string folder, IPEndPoint endpoint, IPEndPoint control, string mediaPorts) => $"""
        poll_method epoll
        net_interface {endpoint.Address}
        sip_listen {endpoint}
        rtp_ports {mediaPorts}
        audio_path /nonexistent
        audio_source aufile,{folder}/tone.wav
        audio_player aubridge,nobody
        audio_alert aubridge,nobody
        ausrc_srate 8000
        auplay_srate 8000
        ausrc_channels 1
        auplay_channels 1
        statmode_default off
        module_path /usr/lib/baresip/modules
        module g711.so
        module aubridge.so
        module aufile.so
        module sndfile.so
        module srtp.so
        snd_path {folder}
        module_tmp account.so
        module_app menu.so
        module ctrl_tcp.so
        ctrl_tcp_listen {control}

        """;

    public Task DialAsync(string uri) => _control.CommandAsync("dial", uri);

    public Task HangUpAsync() => _control.CommandAsync("hangup");

    /// <summary>Asks the other side to call somebody else.</summary>
    public Task TransferAsync(string uri) => _control.CommandAsync("transfer", uri);

    /// <summary>Presses keys in the call.</summary>
    public Task PressAsync(string keys) => _control.CommandAsync("sndcode", keys);

    /// <summary>The keys that the other side pressed, as it was told.</summary>
    public string Pressed => string.Concat(_control.Parameters("CALL_DTMF_START"));

    /// <summary>Puts the call on hold; returns when the other side has answered that.</summary>
    public Task HoldAsync() => ReinviteAsync("hold");

    public Task ResumeAsync() => ReinviteAsync("resume");

    private async Task ReinviteAsync(string command)
    {
        var answers = _control.Events("CALL_REMOTE_SDP", "answer");
        await _control.CommandAsync(command);
        await Eventually.TrueAsync(() => _control.Events("CALL_REMOTE_SDP", "answer") > answers, text: $"{command} answered");
    }

    /// <summary>Re-INVITEs that it was sent, and the first INVITE.</summary>
    public int Offers => _control.Events("CALL_REMOTE_SDP", "offer");

    /// <summary>What it has said so far.</summary>
    public string Output => _process.Output;

    /// <summary>By its own words, which name all contacts of its user: it may register before its events can be listened to.</summary>
    public bool IsRegistered => Regex.IsMatch(_process.Output, @"\[[0-9]+ bindings?\]");

    public Task EstablishedAsync(int calls = 1) => Eventually.TrueAsync(() => _control.Events("CALL_ESTABLISHED") == calls, text: "call established");

    public Task ClosedAsync(int calls = 1) => Eventually.TrueAsync(() => _control.Events("CALL_CLOSED") == calls, text: "call closed");

    private short[] Heard()
    {
        var recording = Directory.GetFiles(_folder, "dump-*-dec.wav").MaxBy(File.GetLastWriteTimeUtc);
        return recording is null ? [] : Tone.Samples(recording);
    }

    /// <summary>Waits until this tone is what it hears, from now on: what was recorded before does not count.</summary>
    public async Task HearsAsync(double hertz)
    {
        var before = Heard().Length;
        await Eventually.TrueAsync(
            () => Heard() is var heard && heard.Length >= before + HalfSecond && Tone.Share(heard.AsSpan(heard.Length - HalfSecond), hertz) > Clear,
            text: $"{hertz} Hz heard");
    }

    /// <summary>Hears the other one, and not itself.</summary>
    public async Task HearsAsync(Baresip other)
    {
        await HearsAsync(other.ToneHertz);
        Assert.InRange(Tone.Share(Heard().AsSpan()[^HalfSecond..], ToneHertz), 0, 0.1);
    }

    /// <summary>In no half second of all that it has heard was this tone.</summary>
    public void HasNotHeard(double hertz)
    {
        var heard = Heard();
        for (var from = 0; from + HalfSecond <= heard.Length; from += HalfSecond)
        {
            Assert.InRange(Tone.Share(heard.AsSpan(from, HalfSecond), hertz), 0, 0.1);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        await _process.DisposeAsync();
    }
}
